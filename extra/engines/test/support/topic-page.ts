import { TopicSocket } from "@mantou/topics";
import { WebSocket } from "@mantou/websocket/client";

/** The part of the longest waits before a connection that these pages take: a test has no 2 seconds for each. */
const HASTE = 0.2;

/**
 * A page with the client of `@mantou/topics`. It publishes numbered messages, and writes a log for `checkTopicLogs`: `+` where it is subscribed, `m` for a
 * message, `!` for a gap, `s` for what it has sent, `c` for the end of a connection.
 */
export class TopicPage {
  readonly name: string;
  readonly log: string[] = [];
  /** What it has got of the plain topic. */
  readonly plain: string[] = [];
  /** Codes with which its connections have ended. */
  readonly ends: number[] = [];
  isLive = false;
  /** What it has sent last on its present connection. */
  lastSaid: string | null = null;
  readonly #socket: TopicSocket;
  readonly #texts = new Set<string>();
  /** Each connection is a publisher of its own: what waits at an old instance may come behind what is sent to a new one. */
  #life = 0;
  #number = 0;

  /** @param url where it connects next */
  constructor(name: string, url: () => string) {
    this.name = name;
    this.#socket = new TopicSocket(url, { WebSocket, random: () => Math.random() * HASTE });
    this.#socket.on("open", () => {
      this.#life++;
      this.#number = 0;
    });
    this.#socket.on("subscribed", ({ position }) => {
      if (position !== null) this.log.push(`+ ${name} ${position}`);
    });
    this.#socket.on("live", ({ topic }) => {
      if (topic !== "plain") this.isLive = true;
    });
    this.#socket.on("message", ({ data, position }) => {
      if (position === null) {
        this.plain.push(String(data));
        return;
      }
      this.#texts.add(String(data));
      this.log.push(`m ${name} ${position} ${data}`);
    });
    this.#socket.on("gap", ({ position }) => void this.log.push(`! ${name} ${position}`));
    this.#socket.on("close", ({ code }) => {
      this.isLive = false;
      this.lastSaid = null;
      this.ends.push(code);
      this.log.push(`c ${name}`);
    });
  }

  /** Publishes its next number, if it is connected. */
  say(): void {
    const text = `${this.name}/${this.#life} ${this.#number + 1}`;
    if (!this.#socket.send(text)) return;
    this.#number++;
    this.lastSaid = text;
    this.log.push(`s ${this.name} ${text}`);
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  close(): void {
    this.#socket.close();
  }
}
