import { readLine } from "./line.ts";
import { type Socket, scope } from "./platform.ts";
import { checkLast, Topic, type TopicHost } from "./topic.ts";
import type { Timers, TopicEvents, TopicSocketOptions } from "./types.ts";

type Listener<E extends keyof TopicEvents> = (detail: TopicEvents[E]) => void;

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
  /** The names of the last ones, this one included if it has one, the newest first. */
  #sessions: readonly string[] | undefined;
  /** Four before this one, which are told with each request: their messages are left out of replays. */
  #former: readonly string[] = [];
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
      ask: (raw, from, to) => this.#socket!.send(`${["r", ...this.#former].join(" ")}\n${raw} ${from} ${to}`),
    };
    this.#connect();
    scope.addEventListener?.("online", this.#forgetFailures);
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
    if (this.#isOpen)
      this.#socket!.send(typeof data === "string" ? `d\n${data}` : new Uint8Array([100, 10, ...data]));
    return this.#isOpen;
  }

  /** Forgets the position in a topic, for a page that has thrown away what it showed: when it is subscribed again it begins anew. */
  forget(topic: string): void {
    const known = this.#topics.get(topic);
    if (known) known.mine = "";
    this.#host.save(topic, "");
  }

  /** Ends the wait for the next attempt, for a page that becomes visible. */
  reconnect(): void {
    if (this.#isClosed || this.#socket) return;
    this.#connect();
  }

  /** Closes for good. */
  close(code = 1000, reason = ""): void {
    if (this.#isClosed) return;
    // What is wrong with the code or the reason is thrown before anything changes.
    if (this.#isOpen) this.#socket!.close(code, reason);
    this.#isOpen = false;
    this.#isClosed = true;
    // The classes of Node.js end an attempt within this call. For one that is closing already it does nothing.
    if (this.#socket) this.#socket.close();
    else this.#ended(code, reason, null);
  }

  #connect(): void {
    const { WebSocket = scope.WebSocket } = this.#options;
    if (!WebSocket) throw new TypeError("Pass the option WebSocket");
    const url = new URL(typeof this.#url === "function" ? this.#url() : this.#url, scope.location?.href);
    // The page's function may have closed this client, or connected it.
    if (this.#isClosed || this.#socket) return;
    url.protocol = url.protocol.replace("http", "ws");
    this.#prefix = url.host + url.pathname;
    this.#sessions ??= this.#load("").match(/[\w.-]{1,64}/g) ?? [];
    this.#former = this.#sessions.slice(0, 4);
    const socket = new WebSocket(url.href, "mantou.topics.1") as Socket;
    this.#socket = socket;
    // An attempt that takes longer has failed.
    this.#startTimer(() => socket.close(), 10_000);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      // Behind it comes a close event, which says more. The class `ws` throws what nothing listens to.
      socket.onerror = () => {};
      // A connection that lasted so long was a success: the waits begin anew.
      this.#startTimer(this.#forgetFailures, 5000);
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
    // An attempt has failed. The global class of Node.js 22 has no close event for that, the one of Node.js 24 may have two.
    socket.onerror = () => this.#ended(1006, "", socket);
    socket.onclose = ({ code, reason }) => this.#ended(code, reason, socket);
  }

  /** @param socket the one that has ended: the end of an earlier one has been told. Null for an attempt that had none */
  #ended(code: number, reason: string, socket: Socket | null): void {
    if (socket !== this.#socket) return;
    const end = `${code} ${reason}`;
    let retry: number | null = null;
    this.#isOpen = false;
    this.#socket = null;
    // Codes by which the server says that it does not want this client.
    this.#isClosed ||= /^(100[023789]|1010|4)/.test(end);
    for (const topic of this.#topics.values()) topic.end();
    if (this.#isClosed) {
      this.#timers.clearTimeout(this.#timer);
      scope.removeEventListener?.("online", this.#forgetFailures);
    } else {
      // A server that restarts says over how many seconds its clients come back. The waits double, from 2 seconds to 30.
      retry = this.#wait(+(/^1012 retry=(\d{1,4})$/.exec(end)?.[1] ?? Math.min(2 ** ++this.#failures, 30)));
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
        if (!this.#isClosed) this.#ended(1006, `${error}`, null);
      }
    }, wait);
    return wait;
  }

  /** One timer is enough: for an attempt, a connection, or a wait. */
  #startTimer(callback: () => void, milliseconds: number): void {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = this.#timers.setTimeout(callback, milliseconds);
  }

  /** A connection lasts, or the network is back: a wait of half a minute is of no use. */
  readonly #forgetFailures = (): void => {
    this.#failures = 0;
    if (!this.#socket) this.#wait(2);
  };

  /** @throws what is thrown for what is not of the protocol */
  #receive(data: string | ArrayBuffer): void {
    const [payload, verb, raw, position, last] = readLine(data);
    if (verb === "s") {
      // The server has named this session.
      this.#sessions = [raw, ...this.#former];
      this.#store("", this.#sessions.join(" "));
    } else if (verb === "d") this.#emit("direct", { data: payload });
    else {
      const topic = raw[0] === '"' ? JSON.parse(raw) : raw;
      if (verb === "p") this.#emit("message", { topic, data: payload, position: null });
      else if (verb === "j") this.#emit("presence", { ...JSON.parse(payload as string), topic });
      else this.#topic(topic, raw).receive(verb, position, payload, last);
    }
  }

  #topic(name: string, raw: string): Topic {
    const topic = this.#topics.get(name) ?? new Topic(name, raw, this.#load(` ${name}`), this.#host);
    this.#topics.set(name, topic);
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
