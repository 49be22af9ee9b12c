/** One connection to a server: a client of the package `@redis/client`, which knows the protocol. */
import type { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";
import { isIP } from "node:net";
import { loadPeer } from "../base/peer.ts";
import { tlsSettings } from "../fetch/tls-settings.ts";
import type { SentArgument } from "./arguments.ts";
import {
  connectError,
  fromPackage,
  GAVE_UP,
  idleError,
  redisError,
  timeoutError,
  unreadable,
} from "./errors.ts";
import type { RedisSettings } from "./options.ts";
import { fromReply } from "./replies.ts";
import { SilenceTimer } from "./silence-timer.ts";

export type Listener = (message: string, channel: string) => unknown;

/** What is used of the package. */
interface PackageClient extends EventEmitter {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  destroy(): void;
  ref(): void;
  unref(): void;
  sendCommand(args: readonly SentArgument[], options: { typeMapping: object }): Promise<unknown>;
  subscribe(channels: readonly string[], listener: Listener): Promise<void>;
  unsubscribe(channels?: readonly string[], listener?: Listener): Promise<void>;
}

interface Package {
  createClient(options: object): PackageClient;
  readonly RESP_TYPES: { readonly BLOB_STRING: number; readonly MAP: number };
}

export interface ConnectionEvents {
  /** The login is done, at first or again. */
  onconnect(): void;
  /** It has ended for good. */
  onclose(error: Error): void;
}

/** Bun's: 50 ms, twice as long each time, at most 2 s. */
const FIRST_DELAY = 50;
const MAX_DELAY = 2000;

export class RedisConnection {
  readonly #settings: RedisSettings;
  readonly #events: ConnectionEvents;
  readonly #client: PackageClient;
  readonly #types: Package["RESP_TYPES"];
  /** As in Bun, `connectionTimeout` includes the login. The package ends its own at the open socket. */
  readonly #login: SilenceTimer;
  readonly #idle: SilenceTimer;
  /** Reasons for which the socket keeps the process alive. */
  #pending = 0;
  #listens = false;
  #end: Error | null = null;
  /** The socket has closed, and the package opens another one. */
  #isLost = false;
  #gaveUp = false;

  /**
   * @param signal closes it, also before it is open: then this rejects at once
   * @throws TypeError for TLS options that cannot be used (rejects); Error if the package is missing
   */
  static async open(
    settings: RedisSettings,
    events: ConnectionEvents,
    signal: AbortSignal,
  ): Promise<RedisConnection> {
    const { tls, host, port, path } = settings;
    const { options } = tls === null ? { options: {} } : await tlsSettings(tls);
    const where = path === undefined ? { host, port } : { path };
    const connection = new RedisConnection(settings, events, {
      ...where,
      ...(tls === null ? {} : { tls: true, ...(isIP(host) === 0 ? { servername: host } : {}), ...options }),
    });
    await connection.#connect(signal);
    return connection;
  }

  private constructor(settings: RedisSettings, events: ConnectionEvents, socket: object) {
    this.#settings = settings;
    this.#events = events;
    const { createClient, RESP_TYPES } = loadPeer<Package>("@redis/client", "Bun.RedisClient");
    this.#types = RESP_TYPES;
    const { username, password, database, connectionTimeout, idleTimeout, enableOfflineQueue } = settings;
    this.#client = createClient({
      RESP: 3,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      database,
      disableClientInfo: true,
      disableOfflineQueue: !enableOfflineQueue,
      socket: {
        ...socket,
        connectTimeout: connectionTimeout > 0 ? connectionTimeout : 2 ** 31 - 1,
        reconnectStrategy: (retries: number) => this.#delay(retries),
      },
    });
    this.#login = new SilenceTimer(connectionTimeout, () => this.#close(timeoutError(connectionTimeout)));
    this.#idle = new SilenceTimer(idleTimeout, () => this.#close(idleError(idleTimeout)));
    this.#client.on("connect", () => {
      this.#isLost = false;
      this.#login.start();
    });
    this.#client.on("ready", () => {
      this.#login.stop();
      this.#idle.start();
      if (this.#end === null) this.#events.onconnect();
    });
    this.#client.on("error", (error: Error) => {
      if (this.#gaveUp) this.#finish(this.#reason(error));
      // The package would go on, with replies that belong to other commands.
      else if (!this.#isLost) this.#close(unreadable(error));
    });
  }

  get isReady(): boolean {
    return this.#client.isReady;
  }

  /** @param asBytes gives texts as Buffers */
  async send(args: readonly SentArgument[], asBytes = false): Promise<unknown> {
    const { BLOB_STRING, MAP } = this.#types;
    // The package's own objects would lose a field `__proto__`.
    const typeMapping = { [MAP]: Map, ...(asBytes && { [BLOB_STRING]: BufferClass }) };
    const reply = await this.#use(() => this.#client.sendCommand(args, { typeMapping }));
    return fromReply(reply, this.#settings.connectionTimeout);
  }

  subscribe(channels: readonly string[], listener: Listener): Promise<void> {
    return this.#use(() => this.#client.subscribe(channels, listener));
  }

  unsubscribe(channels: readonly string[] | undefined, listener: Listener | undefined): Promise<void> {
    return this.#use(() => this.#client.unsubscribe(channels, listener));
  }

  /** Whether there are listeners: then the socket keeps the process alive. */
  set listens(listens: boolean) {
    if (listens === this.#listens) return;
    this.#listens = listens;
    if (listens) this.#hold();
    else this.#unhold();
  }

  /** The server has sent a message. */
  heard(): void {
    this.#idle.restart();
  }

  #hold(): void {
    if (this.#pending++ === 0) this.#client.ref();
  }

  #unhold(): void {
    if (--this.#pending === 0) this.#client.unref();
  }

  /** Ends it at once: commands without a reply reject. */
  close(): void {
    this.#close(redisError("Connection closed", "ERR_REDIS_CONNECTION_CLOSED"));
  }

  #close(reason: Error): void {
    this.#finish(reason);
    if (this.#client.isOpen) this.#client.destroy();
  }

  async #connect(signal: AbortSignal): Promise<void> {
    let stop!: () => void;
    const stopped = new Promise<never>((_, reject) => {
      stop = () => {
        this.close();
        reject(this.#end!);
      };
    });
    try {
      signal.addEventListener("abort", stop);
      if (signal.aborted) stop();
      await Promise.race([stopped, signal.aborted || this.#open()]);
      if (this.#pending === 0) this.#client.unref();
    } catch (error) {
      const reason = this.#end ?? this.#reason(error);
      this.#finish(reason);
      // A login that the server refuses leaves the socket open.
      if (this.#client.isOpen) this.#client.destroy();
      throw reason;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** The package goes on to the end of its attempt, also if it is closed meanwhile. */
  async #open(): Promise<void> {
    await this.#client.connect();
    if (this.#end !== null) this.#client.destroy();
  }

  async #use<T>(run: () => Promise<T>): Promise<T> {
    this.#hold();
    try {
      return await run();
    } catch (error) {
      throw this.#end ?? fromPackage(error, this.#settings.connectionTimeout);
    } finally {
      this.#idle.restart();
      this.#unhold();
    }
  }

  /** Milliseconds until the next attempt; false gives up. */
  #delay(retries: number): number | false {
    this.#isLost = true;
    this.#stopTimers();
    this.#gaveUp = retries >= this.#settings.maxRetries;
    return this.#gaveUp ? false : Math.min(FIRST_DELAY * 2 ** retries, MAX_DELAY);
  }

  #reason(error: unknown): Error {
    const { autoReconnect, connectionTimeout } = this.#settings;
    const reason = connectError(error, connectionTimeout);
    const isClosed = (reason as Error & { code: string }).code === "ERR_REDIS_CONNECTION_CLOSED";
    return isClosed && autoReconnect && this.#gaveUp
      ? redisError(GAVE_UP, "ERR_REDIS_CONNECTION_CLOSED")
      : reason;
  }

  #finish(reason: Error): void {
    if (this.#end !== null) return;
    this.#end = reason;
    this.#stopTimers();
    this.#events.onclose(reason);
  }

  #stopTimers(): void {
    this.#login.stop();
    this.#idle.stop();
  }
}

const BufferClass: typeof Buffer = globalThis.Buffer;
