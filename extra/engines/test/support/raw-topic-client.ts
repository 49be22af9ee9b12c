import { connect, type Socket } from "node:net";
import { clientFrame, handshake, OPCODE } from "@mantou/testing/raw-websocket";

const TOPIC = "room/1";

/** A client of `mantou.topics.1` that costs little: thousands of them fit in a process. It resumes when it is told to, once. */
export class RawTopicClient {
  /** What it has got of the topic: the offsets of messages. */
  readonly offsets: number[] = [];
  gaps = 0;
  /** Where it is live: the position in the last `+`. */
  live = "";
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #isUpgraded = false;
  #error: Error | null = null;
  #told: () => void = () => {};
  #onEnd: () => void = () => {};

  private constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.write(handshake("/", ["Sec-WebSocket-Protocol: mantou.topics.1"]));
    this.#socket.on("data", (bytes) => this.#receive(bytes));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the server has closed a connection")));
  }

  /** Connects, and waits until it is subscribed. */
  static async open(port: number): Promise<RawTopicClient> {
    const client = new RawTopicClient(port);
    await client.#until(() => client.live !== "");
    return client;
  }

  /** Asks for what is behind a position, and waits until all of it has come, or a gap. */
  async resume(after: string): Promise<void> {
    let isOver = false;
    this.#onEnd = () => {
      isOver = true;
    };
    this.#socket.write(clientFrame(OPCODE.text, `r\n${TOPIC} ${after} ${this.live}`));
    await this.#until(() => isOver);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#error !== null) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#told = resolve;
      });
    }
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#told();
  }

  #receive(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    if (!this.#isUpgraded) {
      const end = this.#rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      if (!this.#rest.toString("latin1", 0, end).startsWith("HTTP/1.1 101 ")) {
        this.#fail(new Error("the server does not switch protocols"));
        return;
      }
      this.#isUpgraded = true;
      this.#rest = this.#rest.subarray(end + 4);
    }
    for (let line = this.#take(); line !== null; line = this.#take()) this.#read(line);
    this.#told();
  }

  /** @returns the first line of the next message, or null if it has not come whole */
  #take(): string | null {
    const frame = this.#rest;
    if (frame.length < 2) return null;
    const isLong = frame[1] === 126;
    if (isLong && frame.length < 4) return null;
    const from = isLong ? 4 : 2;
    const end = from + (isLong ? frame.readUInt16BE(2) : frame[1]!);
    if (frame.length < end) return null;
    this.#rest = frame.subarray(end);
    const line = frame.toString("utf8", from, end);
    return line.includes("\n") ? line.slice(0, line.indexOf("\n")) : line;
  }

  #read(line: string): void {
    const [verb, position = ""] = line.split(" ");
    if (verb === `+${TOPIC}`) this.live = position;
    else if (verb === "m") this.offsets.push(Number(line.split(" ")[2]!.split(".")[0]));
    else if (verb === `!${TOPIC}`) this.gaps++;
    if (verb === `=${TOPIC}` || verb === `!${TOPIC}`) this.#onEnd();
  }
}
