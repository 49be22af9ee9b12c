import type net from "node:net";
import { connect, reset } from "../connect.ts";
import type { Target } from "../target.ts";
import { pause } from "./pauses.ts";
import type { Client, Pause, Upload } from "./script.ts";

/** Writes of one upload; an upload of smaller pieces sends several of them in one write. */
const MOST_WRITES = 50;

/** A client that follows its script. */
export class ScriptedClient {
  readonly #script: Client;
  readonly #path: string;
  readonly #socket: net.Socket;
  #received = 0;
  /** It has nothing more to do until the run is over. */
  readonly done: Promise<void>;
  #finish: () => void = () => {};

  constructor(script: Client, path: string, target: Target) {
    this.#script = script;
    this.#path = path;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    const socket = connect(target);
    this.#socket = socket;
    socket.on("close", () => this.#finish());
    socket.on("end", () => this.#finish());
    this.#read();
    this.#send().then(() => {
      if (script.leaves === "sent") this.leave();
    });
  }

  get #gone(): boolean {
    return this.#socket.destroyed || this.#socket.writableEnded;
  }

  #read(): void {
    const { reads, leaves } = this.#script;
    const socket = this.#socket;
    if (reads === 0) {
      socket.pause();
      return;
    }
    socket.on("data", (chunk: Buffer) => {
      this.#received += chunk.length;
      if (typeof leaves === "number" && this.#received >= leaves) this.leave();
      else if (reads === "slowly") {
        socket.pause();
        setTimeout(() => socket.resume(), 1);
      } else if (typeof reads === "number" && this.#received >= reads) socket.pause();
    });
  }

  async #send(): Promise<void> {
    const { method, requests, upload } = this.#script;
    for (let sent = 0; sent < requests && !this.#gone; sent++) {
      const fields = [
        `${method} ${this.#path} HTTP/1.1`,
        "Host: test",
        ...(upload === null ? [] : describe(upload)),
      ];
      this.#socket.write(`${fields.join("\r\n")}\r\n\r\n`);
      if (upload !== null) await this.#upload(upload);
      // An unfinished request is the last one.
      if (upload !== null && upload.sent < 100) return;
    }
  }

  async #upload({ framing, total, piece, sent, pause: between }: Upload): Promise<void> {
    const wanted = Math.floor((total * sent) / 100);
    const perWrite = Math.max(piece, Math.ceil(wanted / MOST_WRITES / piece) * piece);
    for (let at = 0; at < wanted && !this.#gone; at += perWrite) {
      const count = Math.min(perWrite, wanted - at);
      const taken = this.#socket.write(framing === "length" ? "a".repeat(count) : chunks(count, piece));
      if (!taken) await this.#drained();
      if (between !== null) await pause(between as Pause);
    }
    if (framing === "chunked" && sent === 100 && !this.#gone) this.#socket.write("0\r\n\r\n");
  }

  /** Resolves when the written bytes have been taken, or the connection is gone. */
  #drained(): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      const go = (): void => {
        socket.off("drain", go);
        socket.off("close", go);
        resolve();
      };
      socket.on("drain", go);
      socket.on("close", go);
    });
  }

  /** Leaves as the script says. */
  leave(): void {
    const { how } = this.#script;
    if (how === "rst") reset(this.#socket);
    else if (how === "fin") this.#socket.destroy();
    else this.#socket.end();
    this.#finish();
  }

  /** Ends the client at the end of the run, whatever its script says. */
  end(): void {
    if (this.#script.how !== "half") this.leave();
    this.#socket.destroy();
  }
}

function describe({ framing, total, expects }: Upload): string[] {
  const length = framing === "length" ? `Content-Length: ${total}` : "Transfer-Encoding: chunked";
  return expects ? [length, "Expect: 100-continue"] : [length];
}

/** That many bytes, in chunks of `piece`. */
function chunks(count: number, piece: number): string {
  const whole = Math.floor(count / piece);
  const rest = count - whole * piece;
  return chunk(piece).repeat(whole) + (rest > 0 ? chunk(rest) : "");
}

function chunk(size: number): string {
  return `${size.toString(16)}\r\n${"a".repeat(size)}\r\n`;
}
