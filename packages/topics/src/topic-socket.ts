import { readLine } from "./line.ts";
import { type Socket, scope } from "./platform.ts";
import { checkLast, Topic, type TopicHost } from "./topic.ts";
import type { Timers, TopicEvents, TopicSocketOptions } from "./types.ts";

type Listener<E extends keyof TopicEvents> = (detail: TopicEvents[E]) => void;

/** The waits, in seconds, double up to this one. */
const FIRST_WAIT = 2;
const LONGEST_WAIT = 30;
/** An attempt that takes longer has failed. */
const PATIENCE = 10_000;
/** A connection that lasted so long was a success: the waits begin anew. */
const LASTED = 5000;

/**
 * A WebSocket that comes back and gets what it has missed: the client of the protocol `mantou.topics.1` (docs/topics-protocol.md).
 *
 * The server's application subscribes it to topics. Of those with history the page gets each message once and in order, over any number of
 * reconnects and servers, and a `gap` where that is not possible any more.
 */
export class TopicSocket {
  readonly #url: string | URL | (() => string | URL);
  readonly #options: TopicSocketOptions;
  readonly #timers: Timers;
  readonly #host: TopicHost;
  readonly #topics = new Map<string, Topic>();
  readonly #listeners = new Set<readonly [event: string, listener: (detail: never) => void]>();
  /** Of what is stored. */
  #prefix = "";
  /** The names of the last ones, this one included, the newest first. */
  #sessions: readonly string[] | undefined;
  #socket: Socket | null = null;
  #isOpen = false;
  #isClosed = false;
  #failures = 0;
  #timer: unknown;

  /**
   * Connects at once.
   * @param url `ws:`, `wss:`, `http:`, `https:`, or relative to the page. A function is called before each attempt: for a token that expires.
   * @throws TypeError if there is no WebSocket, or for a URL that is none; RangeError for `last`
   */
  constructor(url: string | URL | (() => string | URL), options: TopicSocketOptions = {}) {
    this.#url = url;
    this.#options = options;
    this.#timers = options.timers ?? scope;
    checkLast(options.last || "");
    this.#host = {
      last: options.last,
      emit: (event, detail) => this.#emit(event, detail),
      save: (topic, position) => this.#store(` ${topic}`, position),
      ask: (raw, from, to) =>
        this.#socket!.send(`${["r", ...this.#sessions!.slice(1)].join(" ")}\n${raw} ${from} ${to}`),
    };
    this.#connect();
    scope.addEventListener?.("online", this.#online);
  }

  /** Whether it is connected, and `send` sends. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @returns a function that removes the listener */
  on<E extends keyof TopicEvents>(event: E, listener: Listener<E>): () => void {
    const entry = [event, listener] as const;
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /**
   * Sends a message to the application. Nothing waits for a connection: it would come late, and what was on its way when one broke would come twice.
   * @returns false if there is no connection: nothing was sent. True is no proof that it arrives.
   */
  send(data: string | Uint8Array): boolean {
    if (!this.#isOpen) return false;
    this.#socket!.send(typeof data === "string" ? `d\n${data}` : new Uint8Array([100, 10, ...data]));
    return true;
  }

  /** Forgets the position in a topic, for a page that has thrown away what it showed: when it is subscribed again it begins anew. */
  forget(topic: string): void {
    const known = this.#topics.get(topic);
    if (known) known.mine = "";
    this.#host.save(topic, "");
  }

  /** Ends the wait for the next attempt, for a page that becomes visible. */
  reconnect(): void {
    if (!this.#socket && !this.#isClosed) this.#connect();
  }

  /** Closes for good. */
  close(code = 1000, reason = ""): void {
    if (this.#isClosed) return;
    this.#socket?.close(code, reason);
    this.#isClosed = true;
    this.#isOpen = false;
    if (!this.#socket) this.#ended(code, reason);
  }

  #connect(): void {
    const { WebSocket = scope.WebSocket } = this.#options;
    if (!WebSocket) throw new TypeError("Pass the option WebSocket");
    const url = new URL(typeof this.#url === "function" ? this.#url() : this.#url, scope.location?.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#prefix = url.host + url.pathname;
    this.#sessions ??= this.#load("").match(/[\w.-]{1,64}/g) ?? [];
    const socket = new WebSocket(url.href, "mantou.topics.1") as Socket;
    this.#socket = socket;
    this.#startTimer(() => socket.close(), PATIENCE);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#startTimer(() => {
        this.#failures = 0;
      }, LASTED);
      this.#isOpen = true;
      this.#emit("open", undefined);
    };
    socket.onmessage = ({ data }) => {
      try {
        if (this.#isOpen) this.#receive(data);
      } catch {
        // It is not of the protocol. What is behind it could be delivered, and would hide it. A page may not close with 1002.
        this.#isOpen = false;
        socket.close(3002);
      }
    };
    // Behind it comes a close event, which says more.
    socket.onerror = () => {};
    socket.onclose = ({ code, reason }) => this.#ended(code, reason);
  }

  #ended(code: number, reason: string): void {
    const end = `${code} ${reason}`;
    let retry: number | null = null;
    this.#socket = null;
    this.#isOpen = false;
    // Codes by which the server says that it does not want this client.
    this.#isClosed ||= /^(100[023789]|1010|4...) /.test(end);
    for (const topic of this.#topics.values()) topic.end();
    if (this.#isClosed) {
      this.#timers.clearTimeout(this.#timer);
      scope.removeEventListener?.("online", this.#online);
    } else {
      // A server that restarts says over how many seconds its clients come back.
      retry = this.#wait(
        Number(
          /^1012 retry=(\d{1,4})$/.exec(end)?.[1] ??
            Math.min(FIRST_WAIT * 2 ** this.#failures++, LONGEST_WAIT),
        ),
      );
    }
    this.#emit("close", { code, reason, retry });
  }

  /** @returns how long the wait is, in milliseconds: at random, up to `most` seconds, since many clients have lost their server in one moment */
  #wait(most: number): number {
    const wait = (this.#options.random ?? Math.random)() * most * 1000;
    this.#startTimer(() => {
      try {
        this.#connect();
      } catch (error) {
        // The page's function has no URL now: it is asked again.
        this.#ended(1006, String(error));
      }
    }, wait);
    return wait;
  }

  /** One timer is enough: for an attempt, a connection, or a wait. */
  #startTimer(callback: () => void, milliseconds: number): void {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = this.#timers.setTimeout(callback, milliseconds);
  }

  /** The network is back: a wait of half a minute is of no use. */
  readonly #online = (): void => {
    this.#failures = 0;
    if (!this.#socket) this.#wait(FIRST_WAIT);
  };

  /** @throws what is thrown for what is not of the protocol */
  #receive(data: string | ArrayBuffer): void {
    const [payload, verb, raw, position, last] = readLine(data);
    if (verb === "s") this.#begin(raw);
    else if (verb === "d") this.#emit("direct", { data: payload });
    else {
      const topic = raw[0] === '"' ? JSON.parse(raw) : raw;
      if (verb === "p") this.#emit("message", { topic, data: payload, position: null });
      else if (verb === "j") this.#emit("presence", { ...JSON.parse(payload as string), topic });
      else this.#topic(topic, raw).receive(verb, position, payload, last);
    }
  }

  /** The server has named this session. Four before it are told with each request: their messages are left out of replays. */
  #begin(session: string): void {
    this.#sessions = [session, ...this.#sessions!.slice(0, 4)];
    this.#store("", this.#sessions.join(" "));
  }

  #topic(name: string, raw: string): Topic {
    let topic = this.#topics.get(name);
    if (!topic) {
      topic = new Topic(name, raw, this.#load(` ${name}`), this.#host);
      this.#topics.set(name, topic);
    }
    return topic;
  }

  #store(key: string, value: string): void {
    try {
      this.#options.positions?.setItem(this.#prefix + key, value);
    } catch {
      // A storage that is full, or that the browser refuses: positions are kept in memory all the same.
    }
  }

  #load(key: string): string {
    try {
      return this.#options.positions?.getItem(this.#prefix + key) ?? "";
    } catch {
      return "";
    }
  }

  #emit<E extends keyof TopicEvents>(event: E, detail: TopicEvents[E]): void {
    for (const [name, listener] of [...this.#listeners]) {
      try {
        if (name === event) listener(detail as never);
      } catch (error) {
        // It is reported as an error of an event's listener is, and the messages behind are not lost.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
