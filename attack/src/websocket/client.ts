import { Buffer } from "node:buffer";
import net from "node:net";
import {
  agreeDeflate,
  Connection,
  createKey,
  type DeflateOptions,
  offerDeflate,
  PerMessageDeflate,
  requestHeaders,
} from "@mantou/websocket";
import { labelReceived } from "./content.ts";
import { fieldLines } from "./field-lines.ts";

const DEFLATE: DeflateOptions = { compress: "shared", decompress: "shared" };
const HEAD_END = "\r\n\r\n";
/** Milliseconds that a slow client waits with each piece. */
const SLOW = 2;

/** How a client's connection ended: by both Close frames, by FIN or RST without them, or not yet. */
export type Ending = "closed" | "fin" | "rst" | null;

/** A client that reads on command, and records the labels of the received messages. */
export class Client {
  readonly received: string[] = [];
  /** The code of the server's Close frame. */
  closeCode: number | null = null;
  ending: Ending = null;
  /** Whether the server broke the protocol. */
  fault: string | null = null;
  /** Resolves when the connection is gone. */
  readonly gone: Promise<void>;
  readonly #socket: net.Socket;
  readonly #isTcp: boolean;
  #machine: Connection | null = null;
  #head = "";
  #written: Buffer[] = [];
  #slow = false;
  #upgraded: () => void = () => {};

  private constructor(address: number | string) {
    const to = typeof address === "string" ? { path: address } : { port: address, host: "127.0.0.1" };
    this.#isTcp = typeof address === "number";
    this.#socket = net.connect({ ...to, allowHalfOpen: true });
    this.#socket.setNoDelay(true);
    this.gone = new Promise((resolve) => {
      this.#socket.on("close", () => {
        this.ending ??= "rst";
        this.#upgraded();
        resolve();
      });
    });
    this.#socket.on("error", () => {});
    this.#socket.on("data", (bytes) => this.#take(bytes));
    this.#socket.on("end", () => {
      this.ending ??= this.closeCode === null ? "fin" : "closed";
      this.#socket.end();
    });
  }

  /** @param client its number for the server */
  static async connect(address: number | string, client: number): Promise<Client> {
    const connected = new Client(address);
    const fields = [
      "Host",
      "localhost",
      "X-Client",
      String(client),
      ...requestHeaders(createKey()),
      "Sec-WebSocket-Extensions",
      offerDeflate(DEFLATE),
    ];
    connected.#socket.write(`GET / HTTP/1.1\r\n${fieldLines(fields)}\r\n`);
    // Its `open` may abort the connection before the response to its handshake arrives.
    await new Promise<void>((resolve) => {
      connected.#upgraded = resolve;
    });
    return connected;
  }

  #take(bytes: Buffer): void {
    if (this.#machine === null) {
      this.#head += bytes.toString("latin1");
      const end = this.#head.indexOf(HEAD_END);
      if (end < 0) return;
      const head = this.#head.slice(0, end);
      const behind = this.#head.slice(end + HEAD_END.length);
      this.#machine = makeMachine(head, this.#written);
      if (!head.startsWith("HTTP/1.1 101")) this.fault = head;
      this.#upgraded();
      bytes = Buffer.from(behind, "latin1");
    }
    this.#machine.receive(bytes);
    this.#read(this.#machine);
    if (!this.#slow) return;
    this.#socket.pause();
    setTimeout(() => this.#slow && this.#socket.resume(), SLOW);
  }

  #read(machine: Connection): void {
    for (let event = machine.next(); event !== null; event = machine.next()) {
      if (event.type === "text") this.received.push(labelReceived(event.text));
      else if (event.type === "binary") this.received.push(labelReceived(event.bytes));
      else if (event.type === "close") this.closeCode = event.code;
      else if (event.type === "error") this.fault = event.error.message;
    }
    this.#write();
  }

  #write(): void {
    if (this.#written.length > 0 && this.#socket.writable) this.#socket.write(Buffer.concat(this.#written));
    this.#written.length = 0;
  }

  /** Everything that is sent within leaves in one packet. */
  send(frames: (machine: Connection) => void): void {
    if (this.#machine === null) return;
    frames(this.#machine);
    this.#write();
  }

  stop(): void {
    this.#slow = false;
    this.#socket.pause();
  }

  read(): void {
    this.#slow = false;
    this.#socket.resume();
  }

  readSlowly(): void {
    this.#slow = true;
    this.#socket.resume();
  }

  /** Closes the sending side, without a Close frame. */
  end(): void {
    this.#socket.end();
  }

  /** Over a Unix socket there is no RST: the connection is just gone. */
  reset(): void {
    if (this.#isTcp) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }
}

/** Writes into `written`. */
function makeMachine(head: string, written: Buffer[]): Connection {
  const extensions = /^sec-websocket-extensions: *(.*)$/im.exec(head)?.[1] ?? null;
  const agreed = agreeDeflate(extensions, DEFLATE);
  const output = {
    text: (latin1: string) => void written.push(Buffer.from(latin1, "latin1")),
    bytes: (chunk: Uint8Array) => void written.push(Buffer.from(chunk)),
  };
  const limits = { messageBytes: 32 * 2 ** 20, frameBytes: 32 * 2 ** 20 };
  const codec =
    agreed.ok && agreed.params !== null ? new PerMessageDeflate("client", agreed.params, DEFLATE) : null;
  return new Connection({ role: "client", output, limits, ...(codec === null ? {} : { codec }) });
}
