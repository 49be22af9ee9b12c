/** One connection to PostgreSQL: a client of the package `postgres`, which knows the protocol and the login. */
import type { Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { wrongType } from "../../base/argument-error.ts";
import type { Subscription } from "../adapter.ts";
import { cancelledError, clientError, closedError, postgresError, withoutReport } from "../errors.ts";
import type { QueryModes, StartedQuery } from "../query.ts";
import type { Rows } from "../rows.ts";
import type { PostgresSettings } from "../settings.ts";
import type { Statement } from "../template.ts";
import { listStatements, onLogin, onReady, settleFatalErrors } from "./messages.ts";
import { type PackageClient, type PackageQuery, packageClient } from "./package-client.ts";
import { inOwnRows, resultsOf } from "./results.ts";
import { openSocket } from "./socket.ts";
import { Parameter, typeOf } from "./types.ts";

/** What a connection tells its pool. */
export interface ConnectionEvents {
  onconnect(): void;
  onclose(error: Error): void;
}

/** The protocol counts them in 16 bits, of which the package keeps two numbers. */
const MAX_PARAMETERS = 65_533;

export class PostgresConnection {
  readonly #settings: PostgresSettings;
  readonly #events: ConnectionEvents;
  readonly #client: PackageClient;
  #socket: Socket | null = null;
  /** The login has been done. */
  isOpen = false;
  /** It has ended. The package would open a new session, which knows nothing of what this one has begun: nothing is sent any more. */
  isLost = false;
  /** As the server says behind each query; also in a transaction that has failed. */
  inTransaction = false;
  /** The number of queries that have no result yet, and of subscriptions. */
  pending = 0;
  #opening: Promise<void> | null = null;
  /** Why our side closes it. */
  #closing: Error | null = null;
  readonly #stopOpening = new AbortController();
  #tellLost!: () => void;
  readonly #lost: Promise<void> = new Promise((resolve) => {
    this.#tellLost = resolve;
  });

  constructor(settings: PostgresSettings, events: ConnectionEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#client = packageClient(settings, () => this.#connect());
  }

  /** Rejects by `result`; never throws. */
  run(statement: Statement, modes: Readonly<QueryModes>): StartedQuery {
    let query: PackageQuery | null = null;
    let cancelled = false;
    const send = async (): Promise<Rows> => {
      query = this.#send(statement, modes);
      const hasSeveral = modes.simple && this.pending === 1 && /;\s*\S/.test(statement.text);
      const listed = hasSeveral && this.#socket !== null ? listStatements(this.#socket) : null;
      let results: Rows[];
      try {
        const result = await query;
        results = resultsOf(result, listed?.() ?? null);
        if (modes.format === "raw") results.forEach(inOwnRows);
      } finally {
        listed?.();
      }
      // An array of several results is a plain one.
      return results.length === 1 ? results[0]! : (results as unknown as Rows);
    };
    const result = this.#hold(async () => {
      if (this.isLost) throw withoutReport(closedError());
      if (!this.isOpen) await this.open();
      if (cancelled) throw cancelledError();
      try {
        return await send();
      } catch (error) {
        throw withoutReport(postgresError(error));
      }
    });
    return {
      result,
      cancel: () => {
        cancelled = true;
        // The request is sent on a connection of its own. If that fails, the query goes on.
        const canceller = query?.canceller;
        if (query === null || !canceller) return;
        query.canceller = null;
        canceller(query).catch(() => {});
      },
    };
  }

  /** Logs in, if that has not been done. */
  open(): Promise<void> {
    this.#opening ??= this.#hold(async () => {
      try {
        await this.#client.unsafe("", [], { prepare: false, simple: true });
      } catch (error) {
        throw postgresError(error);
      } finally {
        this.#opening = null;
      }
    });
    return this.#opening;
  }

  /** @throws TypeError for a value that cannot be sent */
  #send({ text, values }: Statement, { format, simple }: Readonly<QueryModes>): PackageQuery {
    const given = Array.isArray(values) ? (values as unknown[]) : [];
    if (given.length > MAX_PARAMETERS) throw tooManyParameters();
    if (simple && given.length > 0) throw wrongType("simple query cannot have parameters");
    const { typed } = this.#client;
    const sent = given.map((value) =>
      value === undefined || value === null ? null : typed(new Parameter(value), typeOf(value)),
    );
    const query = this.#client.unsafe(text, sent, { prepare: this.#settings.prepare, simple });
    if (format === "values") query.values();
    if (format === "raw") query.raw();
    return query;
  }

  /** The socket keeps the process alive until the promise is settled. */
  async #hold<T>(run: () => Promise<T>): Promise<T> {
    if (this.pending++ === 0) this.#socket?.ref();
    try {
      return await run();
    } finally {
      if (--this.pending === 0) this.#socket?.unref();
    }
  }

  /** The subscription keeps the process alive. */
  async listen(
    channel: string,
    onMessage: (payload: string) => void,
    onListen?: () => void,
  ): Promise<Subscription> {
    let end!: () => void;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    void this.#hold(() => ended);
    try {
      const { unlisten } = await this.#client.listen(channel, onMessage, onListen);
      return {
        unlisten: async () => {
          await unlisten();
          end();
        },
      };
    } catch (error) {
      end();
      throw postgresError(error);
    }
  }

  /**
   * Can be called again: the shortest time counts.
   * @param reason what the pool's `onclose` gets
   * @param seconds to wait for queries that run; undefined for as long as they take
   */
  async close(reason: Error, seconds?: number): Promise<void> {
    this.#closing ??= reason;
    this.#socket?.ref();
    // The package heeds the time of the first call alone, and waits for ever when the connection is lost meanwhile.
    const timer = seconds === undefined ? undefined : setTimeout(() => this.#destroy(), seconds * 1000);
    await Promise.race([this.#client.end(), this.#lost]);
    clearTimeout(timer);
  }

  #destroy(): void {
    this.#stopOpening.abort();
    this.#socket?.destroy();
  }

  async #connect(): Promise<Socket> {
    // The request that cancels a query is sent on a connection of its own.
    const { signal } = this.#stopOpening;
    if (this.#socket !== null) return openSocket(this.#settings, signal);
    if (this.isLost) throw closedError();
    let socket: Socket;
    try {
      socket = await openSocket(this.#settings, signal);
    } catch (error) {
      this.#lose(postgresError(error) as Error);
      throw error;
    }
    this.#socket = socket;
    settleFatalErrors(socket, () => {
      this.isLost = true;
    });
    // Not by the tags of commands: that of ROLLBACK TO SAVEPOINT is ROLLBACK, and what a failed text has begun has none.
    onReady(socket, (inTransaction) => {
      this.inTransaction = inTransaction;
    });
    onLogin(socket, () => {
      this.isOpen = true;
      this.#events.onconnect();
    });
    socket.once("close", () => {
      if (this.#socket !== socket) return;
      const byServer = this.isOpen
        ? closedError()
        : clientError("postgres", "CONNECTION_FAILED", "Connection closed");
      const closed = this.#closing ?? byServer;
      this.#socket = null;
      this.#lose(closed);
      // Without it, the package would try again for as long as the server closes connections before the login.
      if (!this.isOpen) socket.emit("error", closed);
    });
    if (this.pending === 0) socket.unref();
    return socket;
  }

  #lose(reason: Error): void {
    this.isLost = true;
    this.#tellLost();
    this.#events.onclose(reason);
  }
}

function tooManyParameters(): Error {
  const error = clientError(
    "postgres",
    "TOO_MANY_PARAMETERS",
    "query has too many parameters - the PostgreSQL wire protocol supports a maximum of 65535 parameters per query. Try reducing your batch size.",
  );
  return Object.assign(error, {
    hint: "Reduce the number of rows in your batch insert so that total_rows * columns_per_row does not exceed 65535.",
  });
}
