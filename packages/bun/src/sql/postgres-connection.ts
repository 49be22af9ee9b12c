/** One connection to PostgreSQL: a client of the package `postgres`, which knows the protocol and the login. */
import type { Socket } from "node:net";
import { loadPeer } from "../global/peer.ts";
import { clientError, postgresError } from "./errors.ts";
import { listStatements, onLogin, settleFatalErrors } from "./postgres-messages.ts";
import { type PackageResult, resultsOf } from "./postgres-results.ts";
import { openSocket } from "./postgres-socket.ts";
import { Parameter, typeFunctions, typeOf } from "./postgres-types.ts";
import type { QueryModes, StartedQuery } from "./query.ts";
import type { Rows } from "./rows.ts";
import type { Subscription } from "./session.ts";
import type { Settings } from "./settings.ts";
import type { Statement } from "./statement.ts";

interface PackageQuery extends Promise<PackageResult | PackageResult[]> {
  values(): this;
  raw(): this;
  cancel(): Promise<void> | null;
}

/** What is used of the package. */
interface PackageClient {
  unsafe(text: string, values: unknown[], options: { prepare: boolean; simple: boolean }): PackageQuery;
  typed(value: unknown, type: number): unknown;
  end(options: { timeout?: number | undefined }): Promise<void>;
  listen(channel: string, onMessage: (payload: string) => void, onListen?: () => void): Promise<Subscription>;
}

type MakeClient = (options: object) => PackageClient;

/** What a connection tells its pool. */
export interface ConnectionEvents {
  onconnect(): void;
  onclose(error: Error): void;
}

/** Texts without parameters that a connection has run: their next results are binary in Bun, which keeps as many statements. */
const MAX_TEXTS = 1024;
/** The protocol counts them in 16 bits, of which the package keeps two numbers. */
const MAX_PARAMETERS = 65_533;

export class PostgresConnection {
  readonly #settings: Settings;
  readonly #events: ConnectionEvents;
  readonly #client: PackageClient;
  #socket: Socket | null = null;
  /** The login has been done. */
  isOpen = false;
  /** It has ended. The package would open a new session, which knows nothing of what this one has begun: nothing is sent any more. */
  isLost = false;
  inTransaction = false;
  /** The number of queries that have no result yet, and of subscriptions. */
  pending = 0;
  readonly #texts: Set<string> = new Set();
  #opening: Promise<void> | null = null;
  /** Why our side closes it. */
  #closing: Error | null = null;

  constructor(settings: Settings, events: ConnectionEvents) {
    this.#settings = settings;
    this.#events = events;
    const loaded = loadPeer<MakeClient | { default: MakeClient }>("postgres", "Bun.SQL");
    const makeClient = typeof loaded === "function" ? loaded : loaded.default;
    this.#client = makeClient({ ...clientOptions(settings), socket: () => this.#connect() });
  }

  /** Rejects by `result`; never throws. */
  run(statement: Statement, modes: Readonly<QueryModes>): StartedQuery {
    let query: PackageQuery | null = null;
    let cancelled = false;
    const send = async (): Promise<Rows> => {
      if (this.isLost) throw closedError();
      if (!this.isOpen) await this.open();
      if (cancelled) throw clientError("postgres", "QUERY_CANCELLED", "Query cancelled");
      query = this.#send(statement, modes);
      const isBinary = this.#isBinary(statement, modes);
      const hasSeveral = modes.simple && this.pending === 1 && /;\s*\S/.test(statement.text);
      const listed = hasSeveral && this.#socket !== null ? listStatements(this.#socket) : null;
      let results: Rows[];
      try {
        const result = await query;
        results = resultsOf(result, listed?.() ?? null, isBinary, modes.format);
      } finally {
        listed?.();
      }
      for (const { command } of results) this.#follow(command);
      // An array of several results is a plain one.
      return results.length === 1 ? results[0]! : (results as unknown as Rows);
    };
    const result = this.#hold(send).catch((error: unknown) => {
      throw postgresError(error);
    });
    return {
      result,
      cancel: () => {
        cancelled = true;
        // The request is sent on a connection of its own. If that fails, the query goes on.
        query?.cancel()?.catch(() => {});
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
    if (simple && given.length > 0) throw simpleParameters();
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
   * @param reason what the pool's `onclose` gets
   * @param seconds to wait for queries that run
   */
  async close(reason: Error, seconds?: number): Promise<void> {
    this.#closing ??= reason;
    this.#socket?.ref();
    await this.#client.end({ timeout: seconds });
  }

  async #connect(): Promise<Socket> {
    // The request that cancels a query is sent on a connection of its own.
    if (this.#socket !== null) return openSocket(this.#settings);
    if (this.isLost) throw closedError();
    let socket: Socket;
    try {
      socket = await openSocket(this.#settings);
    } catch (error) {
      this.#lose(postgresError(error) as Error);
      throw error;
    }
    this.#socket = socket;
    settleFatalErrors(socket, () => {
      this.isLost = true;
    });
    onLogin(socket, () => {
      this.isOpen = true;
      this.#events.onconnect();
    });
    socket.once("close", () => {
      if (this.#socket !== socket) return;
      const closed = this.isOpen
        ? closedError()
        : clientError("postgres", "CONNECTION_FAILED", "Connection closed");
      this.#socket = null;
      this.#lose(this.#closing ?? closed);
      // Without it, the package would try again for as long as the server closes connections before the login.
      if (!this.isOpen) socket.emit("error", closed);
    });
    if (this.pending === 0) socket.unref();
    return socket;
  }

  #lose(reason: Error): void {
    this.isLost = true;
    this.#events.onclose(reason);
  }

  #follow(command: string | null): void {
    if (command === "BEGIN" || command === "START TRANSACTION") this.inTransaction = true;
    else if (command === "COMMIT" || command === "ROLLBACK" || command === "PREPARE TRANSACTION")
      this.inTransaction = false;
  }

  /** Whether Bun would get the result in PostgreSQL's binary format, whose values differ in a few types. */
  #isBinary({ text, values }: Statement, { simple }: Readonly<QueryModes>): boolean {
    if (simple || !this.#settings.prepare) return false;
    if ((Array.isArray(values) && values.length > 0) || this.#texts.has(text)) return true;
    if (this.#texts.size >= MAX_TEXTS) this.#texts.clear();
    this.#texts.add(text);
    return false;
  }
}

/** The options of a client of the package with one connection. */
function clientOptions(settings: Settings): object {
  return {
    host: settings.hostname,
    port: settings.port,
    ...(settings.path === undefined ? {} : { path: settings.path }),
    user: settings.username,
    pass: settings.password,
    database: settings.database,
    ssl: false,
    max: 1,
    idle_timeout: null,
    max_lifetime: null,
    connect_timeout: settings.connectionTimeout,
    keep_alive: 60,
    backoff: () => 0,
    prepare: settings.prepare,
    connection: { application_name: "bun", ...settings.connection },
    fetch_types: false,
    types: typesOf(settings.bigint),
    transform: { undefined: null, column: { from: settings.transform.from } },
    onnotice: () => {},
  };
}

function typesOf(bigint: boolean): object {
  const { serializers, parsers } = typeFunctions(bigint);
  const numbers = new Set([...Object.keys(serializers), ...Object.keys(parsers)].map(Number));
  return Object.fromEntries(
    [...numbers].map((type) => [
      `type${type}`,
      { to: type, from: [type], serialize: serializers[type] ?? String, parse: parsers[type] },
    ]),
  );
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

function simpleParameters(): TypeError {
  return Object.assign(new TypeError("simple query cannot have parameters"), {
    code: "ERR_INVALID_ARG_TYPE",
  });
}

function closedError(): Error {
  return clientError("postgres", "CONNECTION_CLOSED", "Connection closed");
}
