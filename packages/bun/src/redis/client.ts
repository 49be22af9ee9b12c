/** `Bun.RedisClient` and `Bun.redis`: https://bun.com/docs/runtime/redis */
import { Buffer } from "node:buffer";
import { bufferInOwnMemory } from "../base/bytes.ts";
import { notThere } from "../base/missing.ts";
import {
  commandArguments,
  fieldArguments,
  hashArguments,
  type RedisValue,
  type SentArgument,
  toSent,
} from "./arguments.ts";
import { BOOLEAN, COMMANDS, type CommandMethods } from "./commands.ts";
import { type Listener, RedisConnection } from "./connection.ts";
import { connectError, redisError, withoutReason, wrongArgument } from "./errors.ts";
import { type RedisOptions, type RedisSettings, redisSettings } from "./options.ts";
import { Subscriptions } from "./subscriptions.ts";

const { queueMicrotask } = globalThis;

/** A client with one connection, which the first command opens. */
export interface RedisClient extends CommandMethods {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the methods of the commands are added to the prototype below
export class RedisClient {
  /** Called when a connection has been opened, at first or again. */
  onconnect: ((this: RedisClient) => void) | null | undefined;
  /** Called when the connection has ended for good. */
  onclose: ((this: RedisClient, error: Error) => void) | null | undefined;
  readonly #settings: RedisSettings;
  readonly #given: readonly [url: unknown, options: RedisOptions | undefined];
  #opening: { readonly connection: Promise<RedisConnection>; readonly stopper: AbortController } | null =
    null;
  #connection: RedisConnection | null = null;
  /** The program has closed it, or it has ended: `connect()` alone opens it again. */
  #ended = false;
  #queuedBytes = 0;
  readonly #subscriptions: Subscriptions = new Subscriptions(() => this.#connection?.heard());

  /**
   * @param url the default is that of `REDIS_URL` or `VALKEY_URL`, or `redis://localhost:6379`
   * @throws TypeError for an invalid URL, or an option of another type; Error for a protocol that is not Redis'
   */
  constructor(url?: string | URL, options?: RedisOptions) {
    const given: RedisOptions = typeof options === "object" && options !== null ? options : {};
    this.#given = [url, options];
    this.#settings = redisSettings(url, given);
    Object.defineProperties(this, {
      onconnect: { value: undefined, writable: true, configurable: true, enumerable: false },
      onclose: { value: undefined, writable: true, configurable: true, enumerable: false },
    });
  }

  get connected(): boolean {
    return this.#connection?.isReady === true;
  }

  /** Bytes of the arguments of commands that wait for a connection. */
  get bufferedAmount(): number {
    return this.#queuedBytes;
  }

  get [Symbol.toStringTag](): string {
    return "RedisClient";
  }

  /** Opens the connection, if it is not open. Gives what the server says of itself. */
  async connect(): Promise<unknown> {
    this.#ended = false;
    const connection = await this.#open().catch((error: Error) => {
      throw withoutReason(error);
    });
    return connection.send(["HELLO"]);
  }

  /** Ends the connection at once. Commands without a reply reject. */
  close(): void {
    this.#ended = true;
    this.#connection?.close();
    this.#opening?.stopper.abort();
    // `connect()` begins anew.
    this.#opening = null;
  }

  /** A client with the same settings; connected, if this one is. */
  async duplicate(): Promise<RedisClient> {
    const [url, options] = this.#given;
    const copy = new RedisClient(url as string | undefined, options);
    if (this.connected) await copy.connect();
    return copy;
  }

  /** Sends any command. @throws Error without an array of arguments, and for a command of subscriptions: its replies are none of a command */
  send(command: string, args: readonly RedisValue[]): Promise<unknown> {
    if (!Array.isArray(args)) throw new Error("Arguments must be an array");
    if (SUBSCRIBES.test(command)) {
      throw notThere(
        `${String(command).toUpperCase()} by Bun.RedisClient's send`,
        "subscribe and unsubscribe, or the package @redis/client",
      );
    }
    const sent = (args as readonly unknown[]).map((value) => {
      const argument = toSent(value);
      if (argument === undefined) throw wrongArgument("additional arguments", "a string or buffer", "send");
      return argument;
    });
    return this.#send([String(command), ...sent]);
  }

  /** The value as bytes; null if the key does not exist. */
  getBuffer(key: RedisValue): Promise<Buffer | null> {
    const args = commandArguments("getBuffer", [key]);
    this.#refuseSubscriber("getBuffer");
    const reply = this.#send(["GET", ...args], true) as Promise<Buffer | null>;
    // The package gives a part of what it has received, with other replies around it.
    return reply.then((bytes) => (Buffer.isBuffer(bytes) ? bufferInOwnMemory(bytes) : bytes));
  }

  /**
   * Gives the messages of channels to a function. The client can then use `ping`, `pubsub`, `send`, and the methods of subscriptions alone.
   * @returns the number of the client's channels
   * @throws TypeError for what is no channel or no function
   */
  subscribe(channel: string | readonly string[], listener: Listener): Promise<number> {
    const channels = Array.isArray(channel) ? (channel as readonly string[]) : [channel as string];
    if (channels.length === 0 || channels.some((name) => typeof name !== "string")) {
      throw wrongArgument("channel", "a string or array", "subscribe");
    }
    if (typeof listener !== "function") throw wrongArgument("listener", "a function", "subscribe");
    return this.#subscribe(channels, listener);
  }

  async #subscribe(channels: readonly string[], listener: Listener): Promise<number> {
    const connection = await this.#open();
    const subscriptions = this.#subscriptions;
    const added = subscriptions.add(channels, listener);
    connection.listens = true;
    try {
      await connection.subscribe(channels, subscriptions.wrappedOf(listener));
    } catch (error) {
      // Such as one of a channel that this user may not hear. If the connection has ended, nothing is left to remove.
      subscriptions.remove(added, listener);
      connection.listens = subscriptions.size > 0;
      throw error;
    }
    return subscriptions.size;
  }

  /** Without a channel, ends all subscriptions; without a function, all of the channel. */
  async unsubscribe(channel?: string | readonly string[], listener?: Listener): Promise<void> {
    const subscriptions = this.#subscriptions;
    const channels = channel === undefined ? subscriptions.channels : [channel].flat();
    const known = channels.filter((name) => subscriptions.has(name));
    if (known.length === 0) return;
    const connection = await this.#open();
    subscriptions.remove(known, listener);
    connection.listens = subscriptions.size > 0;
    await connection.unsubscribe(known, listener && subscriptions.wrappedOf(listener));
  }

  /** @throws Error: Bun gives its messages to no function */
  psubscribe(): never {
    throw notThere("Bun.RedisClient's psubscribe", "subscribe, or the package @redis/client");
  }

  /** @throws Error: see `psubscribe` */
  punsubscribe(): never {
    throw notThere("Bun.RedisClient's punsubscribe", "unsubscribe, or the package @redis/client");
  }

  /** Sends a method's command. */
  static call(client: RedisClient, name: string, args: readonly SentArgument[]): Promise<unknown> {
    if (!SUBSCRIBER.has(name)) client.#refuseSubscriber(name);
    const reply = client.#send([name.toUpperCase(), ...args]);
    return BOOLEAN.has(name) ? reply.then((value) => (typeof value === "number" ? value > 0 : value)) : reply;
  }

  #refuseSubscriber(name: string): void {
    if (this.#subscriptions.size === 0) return;
    throw redisError(
      `RedisClient.prototype.${name} cannot be called while in subscriber mode.`,
      "ERR_REDIS_INVALID_STATE",
    );
  }

  async #send(args: readonly SentArgument[], asBytes = false): Promise<unknown> {
    if (this.#connection?.isReady === true) return this.#connection.send(args, asBytes);
    if (this.#ended) throw redisError("Connection has failed", "ERR_REDIS_CONNECTION_CLOSED");
    if (!this.#settings.enableOfflineQueue) {
      this.#open().catch(() => {});
      throw redisError("Connection is closed and offline queue is disabled", "ERR_REDIS_CONNECTION_CLOSED");
    }
    const bytes = args.reduce((sum, arg) => sum + Buffer.byteLength(arg), 0);
    this.#queuedBytes += bytes;
    let connection: RedisConnection;
    try {
      connection = await this.#open();
    } finally {
      this.#queuedBytes -= bytes;
    }
    return connection.send(args, asBytes);
  }

  #open(): Promise<RedisConnection> {
    if (this.#connection !== null) return Promise.resolve(this.#connection);
    if (this.#opening === null) {
      const stopper = new AbortController();
      this.#opening = { connection: this.#connect(stopper.signal), stopper };
    }
    return this.#opening.connection;
  }

  async #connect(signal: AbortSignal): Promise<RedisConnection> {
    let ended: Error | null = null;
    const events = {
      // The client shows itself as connected in the call.
      onconnect: () => queueMicrotask(() => this.onconnect?.call(this)),
      onclose: (error: Error) => {
        ended = error;
        this.#connection = null;
        this.#ended = true;
        this.#subscriptions.clear();
        this.onclose?.call(this, withoutReason(error));
      },
    };
    try {
      const connection = await RedisConnection.open(this.#settings, events, signal);
      if (ended !== null) throw ended;
      this.#connection = connection;
      return connection;
    } catch (error) {
      throw connectError(error, this.#settings.connectionTimeout);
    } finally {
      if (!signal.aborted) this.#opening = null;
    }
  }
}

/** Commands that the server answers by pushes, which no reply follows: all later replies would wait for it. */
const SUBSCRIBES = /^[ps]?(?:un)?subscribe$/i;

/** What a subscribed client can use. */
const SUBSCRIBER: ReadonlySet<string> = new Set(["ping", "pubsub"]);

const { call } = RedisClient;
delete (RedisClient as { call?: unknown }).call;

for (const name of COMMANDS) {
  const toArguments =
    name === "hset" || name === "hmset"
      ? hashArguments
      : name === "hmget"
        ? fieldArguments
        : commandArguments;
  const method = function (this: RedisClient, ...args: unknown[]): Promise<unknown> {
    return call(this, name, toArguments(name, args));
  };
  Object.defineProperty(method, "name", { value: name, configurable: true });
  Object.defineProperty(RedisClient.prototype, name, { value: method, writable: true, configurable: true });
}
