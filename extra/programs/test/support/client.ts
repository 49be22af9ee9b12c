import { Buffer } from "node:buffer";
import http from "node:http";
import { until } from "@mantou/testing/wait";
import { WebSocket } from "ws";
import type { Part, RequestStep } from "./script.ts";

/** Field names in lower case; several lines of one name are joined as HTTP joins them, those of `set-cookie` by line breaks. */
export type Fields = Readonly<Record<string, string>>;

export interface Reply {
  readonly status: number;
  readonly fields: Fields;
  readonly body: Buffer;
}

/** Cookies by name, by the client's name. */
export class CookieJars {
  readonly #jars = new Map<string, Map<string, string>>();

  /** The fields of a client's request, its cookies among them. */
  fieldsOf(client: string | undefined, given: Fields = {}): Record<string, string> {
    const jar = client === undefined ? undefined : this.#jars.get(client);
    if (jar === undefined || jar.size === 0) return { ...given };
    return { ...given, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") };
  }

  keep(client: string | undefined, fields: Fields): void {
    if (client === undefined) return;
    const jar = this.#jars.get(client) ?? new Map<string, string>();
    this.#jars.set(client, jar);
    for (const line of (fields["set-cookie"] ?? "").split("\n")) {
      const [, name, value = "", attributes = ""] = /^([^=;]+)=([^;]*)(.*)$/.exec(line) ?? [];
      if (name === undefined) continue;
      if (/max-age=0\b|expires=[^;]* 19[0-9]{2} /i.test(attributes)) jar.delete(name);
      else jar.set(name, value);
    }
  }
}

/** Sends one request on a connection of its own. */
export function send(port: number, step: RequestStep, fields: Fields): Promise<Reply> {
  const [method, path] = step.send.split(" ");
  const { type, bytes } = bodyOf(step);
  const headers: Record<string, string> = { ...(type === null ? {} : { "content-type": type }), ...fields };
  if (bytes !== null) headers["content-length"] = String(bytes.length);
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, method, path, headers, agent: false });
    request.on("response", (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, fields: joined(response), body: Buffer.concat(pieces) });
        request.destroy();
      });
    });
    // A server that refuses a large body may close before all of it is sent: what counts is the response.
    request.on("error", (error) => {
      if (!request.destroyed) reject(error);
      else setImmediate(() => reject(error));
    });
    request.end(bytes ?? undefined);
  });
}

/** A response that goes on. */
export class Stream {
  text = "";
  #request: http.ClientRequest;

  private constructor(request: http.ClientRequest, response: http.IncomingMessage) {
    this.#request = request;
    response.setEncoding("utf8").on("data", (text: string) => (this.text += text));
    response.on("error", () => {});
  }

  static open(port: number, path: string, headers: Fields): Promise<{ stream: Stream; reply: Reply }> {
    return new Promise((resolve, reject) => {
      const request = http.get({ host: "127.0.0.1", port, path, headers: { ...headers }, agent: false });
      request.on("error", reject);
      request.on("response", (response) => {
        const reply = { status: response.statusCode ?? 0, fields: joined(response), body: Buffer.alloc(0) };
        resolve({ stream: new Stream(request, response), reply });
      });
    });
  }

  async until(text: string, times: number): Promise<void> {
    await until(() => this.text.split(text).length > times, `${JSON.stringify(text)}, ${times} times`);
  }

  leave(): void {
    this.#request.on("error", () => {});
    this.#request.destroy();
  }
}

/** A WebSocket, and what it has received. */
export class Socket {
  readonly #socket: WebSocket;
  readonly messages: (string | Buffer)[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer, isBinary) => this.messages.push(isBinary ? data : data.toString()));
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on("error", () => {});
  }

  /** @returns the response in place of a socket if there was no upgrade */
  static open(
    port: number,
    path: string,
    headers: Fields,
    protocols: readonly string[],
  ): Promise<{ socket: Socket; reply: Reply } | { socket: null; reply: Reply }> {
    return new Promise((resolve, reject) => {
      const raw = new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], { headers: { ...headers } });
      const socket = new Socket(raw);
      let fields: Fields = {};
      raw.on("upgrade", (response) => {
        fields = joined(response);
      });
      raw.on("open", () => resolve({ socket, reply: { status: 101, fields, body: Buffer.alloc(0) } }));
      raw.on("unexpected-response", (request, response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("end", () => {
          const reply = { status: response.statusCode ?? 0, fields: joined(response) };
          resolve({ socket: null, reply: { ...reply, body: Buffer.concat(pieces) } });
          request.destroy();
        });
      });
      raw.on("error", reject);
    });
  }

  say(message: string | Buffer): void {
    this.#socket.send(message);
  }

  /** Takes that many messages, in order. */
  async hear(count: number): Promise<(string | Buffer)[]> {
    await until(() => this.messages.length >= count || this.closed !== null, `${count} messages`);
    return this.messages.splice(0, count);
  }

  async close(code: number): Promise<void> {
    this.#socket.close(code);
    await this.closing();
  }

  async closing(): Promise<void> {
    await until(() => this.closed !== null, "the close");
  }

  leave(): void {
    this.#socket.terminate();
  }
}

function joined(message: http.IncomingMessage): Fields {
  const fields: Record<string, string> = {};
  for (let i = 0; i < message.rawHeaders.length; i += 2) {
    const name = message.rawHeaders[i]!.toLowerCase();
    const value = message.rawHeaders[i + 1]!;
    const between = name === "set-cookie" ? "\n" : ", ";
    fields[name] = fields[name] === undefined ? value : `${fields[name]}${between}${value}`;
  }
  return fields;
}

const BOUNDARY = "----mantou-extra-boundary";

function bodyOf(step: RequestStep): { type: string | null; bytes: Buffer | null } {
  if (step.text !== undefined) return { type: "text/plain", bytes: Buffer.from(step.text) };
  if (step.json !== undefined) {
    return { type: "application/json", bytes: Buffer.from(JSON.stringify(step.json)) };
  }
  if (step.form !== undefined) {
    const bytes = Buffer.from(new URLSearchParams(step.form).toString());
    return { type: "application/x-www-form-urlencoded", bytes };
  }
  if (step.parts !== undefined) {
    const bytes = Buffer.concat([...step.parts.flatMap(partOf), Buffer.from(`--${BOUNDARY}--\r\n`)]);
    return { type: `multipart/form-data; boundary=${BOUNDARY}`, bytes };
  }
  if (step.filler !== undefined) return { type: "application/octet-stream", bytes: filler(step.filler) };
  return { type: null, bytes: null };
}

function partOf({ name, filename, type, text = "", hex, filler: size }: Part): Buffer[] {
  const file = filename === undefined ? "" : `; filename="${filename}"`;
  const kind = type === undefined ? "" : `Content-Type: ${type}\r\n`;
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${kind}\r\n`;
  const other = size === undefined ? Buffer.from(text) : filler(size);
  return [Buffer.from(head), hex === undefined ? other : Buffer.from(hex, "hex"), Buffer.from("\r\n")];
}

/** Bytes that repeat only after 251. */
function filler(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i++) bytes[i] = i % 251;
  return bytes;
}
