import { Buffer } from "node:buffer";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";

/** A request as a handler of Bun saw it. Its target is a URL that Bun has put together and normalised. */
export interface BunRequest {
  readonly method: string;
  readonly url: string;
  readonly content: string;
}

export interface BunVerdict {
  readonly requests: readonly BunRequest[];
  /** There was an error response that no handler made. */
  readonly rejected: boolean;
  /** The connection was closed, with a response or without, before the client had ended it. */
  readonly closed: boolean;
}

/** The handler sends the request back in a field, so that responses to HEAD have it too. */
const SCRIPT = `
  const { port } = Bun.serve({ port: 0, hostname: "127.0.0.1", development: false, async fetch(request) {
    const content = Buffer.from(await request.arrayBuffer()).toString("latin1");
    const seen = JSON.stringify({ method: request.method, url: request.url, content });
    return new Response("ok", { headers: { seen: Buffer.from(seen).toString("base64") } });
  } });
  console.log(port);
`;

const PING = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";

/** Bun.serve in a process of its own, as a judge. */
export class BunServer {
  readonly version: string;
  readonly #process: ChildProcess;
  #port = 0;

  constructor(binary: string) {
    this.version = execFileSync(binary, ["--version"], { encoding: "utf8" }).trim();
    this.#process = spawn(binary, ["-e", SCRIPT], { stdio: ["ignore", "pipe", "inherit"] });
  }

  async listen(): Promise<void> {
    const [line] = await once(this.#process.stdout!, "data");
    this.#port = Number(String(line));
  }

  async close(): Promise<void> {
    this.#process.kill();
    await once(this.#process, "exit");
  }

  /**
   * Sends the bytes on a connection of their own, and ends it once Bun has responded. It drops requests without a
   * response when a client ends its side. Two round trips on another connection come first, since what was sent before
   * them is handled before them.
   */
  async judge(bytes: Uint8Array): Promise<BunVerdict> {
    const socket = connect(this.#port, "127.0.0.1");
    let responses = "";
    let closed = false;
    socket.setEncoding("latin1").on("data", (text: string) => {
      responses += text;
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      closed = true;
    });
    await once(socket, "connect");
    socket.write(bytes);
    await this.#ping();
    await this.#ping();
    const closedByBun = closed;
    socket.end();
    if (!closed) await once(socket, "close");
    return { ...readResponses(responses), closed: closedByBun };
  }

  async #ping(): Promise<void> {
    const socket = connect(this.#port, "127.0.0.1");
    socket.write(PING);
    await once(socket, "data");
    socket.destroy();
  }
}

function readResponses(text: string): { requests: BunRequest[]; rejected: boolean } {
  const requests: BunRequest[] = [];
  let rejected = false;
  for (const [, status, fields] of text.matchAll(/HTTP\/1\.1 ([0-9]{3}) [^\r]*\r\n(.*?)\r\n\r\n/gs)) {
    const seen = /(?:^|\n)seen: ([^\r]*)/i.exec(`${fields}\r`)?.[1];
    if (seen !== undefined) requests.push(JSON.parse(Buffer.from(seen, "base64").toString()));
    else if (status !== "100") rejected = true;
  }
  return { requests, rejected };
}
