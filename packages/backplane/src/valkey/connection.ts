import { batches } from "../batches.ts";
import type { Connection, ConnectionEvents } from "../connection.ts";
import { CONNECT_MS, LEAVE_MS, VALKEY_FRAME_BYTES } from "../limits.ts";
import { withTime } from "../with-time.ts";
import { explain, isFinal, isOfChannel, NO_REPLY } from "./errors.ts";
import { ValkeyHistory } from "./history.ts";
import type { ValkeySettings } from "./options.ts";
import type { Client, MessageListener, RedisPackage } from "./package.ts";
import { Publications } from "./publications.ts";

/** One connection to Valkey or Redis, over RESP3: messages and replies come by the same socket. */
export class ValkeyConnection implements Connection {
  readonly maxFrameBytes: number = VALKEY_FRAME_BYTES;
  readonly history: ValkeyHistory;
  readonly #client: Client;
  readonly #where: string;
  readonly #events: ConnectionEvents;
  readonly #listener: MessageListener;
  #isOver = false;
  #mayAskRole = true;
  /** Fulfilled when all subscriptions so far are answered: answers come in the order of the calls. */
  #subscribed: Promise<void> = Promise.resolve();
  readonly #publications: Publications;

  /** @throws Error that says what to do (rejects) */
  static async open(
    { createClient }: RedisPackage,
    settings: ValkeySettings,
    prefix: string,
    events: ConnectionEvents,
  ): Promise<ValkeyConnection> {
    const client = createClient(clientOptions(settings));
    const connection = new ValkeyConnection(client, settings.where, prefix, events);
    try {
      // The package waits without an end for the reply to a login.
      await withTime(client.connect(), CONNECT_MS, NO_REPLY);
      await Promise.all([connection.#checkRole(), connection.#publications.open()]);
    } catch (error) {
      connection.#isOver = true;
      client.destroy();
      throw explain(error as Error, settings.where);
    }
    return connection;
  }

  private constructor(client: Client, where: string, prefix: string, events: ConnectionEvents) {
    this.#client = client;
    this.#where = where;
    this.#events = events;
    const lose = (error: Error): void => this.#lose(error);
    const history = new ValkeyHistory({ client, prefix, where, events, lose });
    this.history = history;
    this.#listener = (message, channel) => {
      if (this.#isOver) return;
      const name = channel.toString();
      if (history.isHistory(name)) history.message(name, message);
      else events.message(name, message);
    };
    this.#publications = new Publications(client, {
      published: (count) => {
        if (!this.#isOver) events.published(count);
      },
      refused: (error) => {
        if (!this.#isOver) events.refused(1, explain(error, where));
      },
      lost: (error) => this.#lose(error),
    });
    // A program ends when nothing but this connection is left.
    client.unref();
    client.on("error", (error: Error) => this.#lose(error));
  }

  subscribe(channels: readonly string[]): void {
    for (const batch of batches(channels)) {
      const asked = this.#ask(batch);
      this.#subscribed = this.#subscribed.then(async () => {
        const channels = await asked;
        if (channels.length === 0 || this.#isOver) return;
        this.history.subscribed(channels);
        this.#events.subscribed(channels);
      });
    }
  }

  unsubscribe(channels: readonly string[]): void {
    this.history.unsubscribed(channels);
    for (const batch of batches(channels)) {
      this.#client.unsubscribe(batch, this.#listener, true).catch((error: Error) => this.#lose(error));
    }
  }

  publish(channel: string, frame: Uint8Array, isProbe: boolean): void {
    this.#publications.add(channel, frame);
    // With each probe, as the server may have been demoted meanwhile: it accepts `PUBLISH` then, and passes nothing on.
    if (isProbe && this.#mayAskRole) this.#checkRole().catch((error: Error) => this.#lose(error));
  }

  /** The package writes everything that was asked in one turn together. */
  flush(): void {
    this.#publications.flush();
  }

  async leave(): Promise<void> {
    this.#isOver = true;
    this.#publications.flush();
    try {
      if (this.#client.isOpen) await withTime(this.#client.close(), LEAVE_MS, "no reply");
    } catch {
      // It is left, in whatever state it is.
    }
    this.history.end();
    this.#client.destroy();
  }

  /**
   * Subscribes to a batch. The server refuses it as a whole if one of its channels is not allowed: it is divided until that is alone.
   * @returns what is subscribed of it
   */
  async #ask(batch: readonly string[]): Promise<readonly string[]> {
    try {
      await this.#client.subscribe(batch, this.#listener, true);
      return batch;
    } catch (error) {
      if (this.#isOver) return [];
      if (!isOfChannel(error as Error)) {
        this.#lose(error as Error);
        return [];
      }
      if (batch.length === 1) {
        this.#events.denied(batch, explain(error as Error, this.#where));
        return [];
      }
    }
    const middle = batch.length >>> 1;
    const halves = await Promise.all([this.#ask(batch.slice(0, middle)), this.#ask(batch.slice(middle))]);
    return halves.flat();
  }

  /** @throws Error if the server is a replica (rejects) */
  async #checkRole(): Promise<void> {
    let role: unknown;
    try {
      role = await this.#client.sendCommand(["ROLE"]);
    } catch (error) {
      // The user may not ask, or the server does not know: then it is not checked.
      if (isFinal(error as Error)) {
        this.#mayAskRole = false;
        return;
      }
      throw error;
    }
    if (Array.isArray(role) && String(role[0]) === "slave") throw new Error(IS_REPLICA);
  }

  #lose(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.history.end();
    this.#client.destroy();
    this.#events.lost(explain(error, this.#where));
  }
}

export const IS_REPLICA =
  "it is a replica, and what is published there reaches no other server: give valkey() the address of the primary";

function clientOptions({ host, port, username, password, tls }: ValkeySettings): object {
  return {
    RESP: 3,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    disableClientInfo: true,
    // A command that cannot be sent now would be sent late: the relay has a queue with bounds.
    disableOfflineQueue: true,
    socket: {
      host,
      port,
      ...(tls === null ? {} : { ...tls, tls: true }),
      connectTimeout: CONNECT_MS,
      // The engine connects anew itself, with a new client: nothing of an old connection is left in it.
      reconnectStrategy: false,
    },
  };
}
