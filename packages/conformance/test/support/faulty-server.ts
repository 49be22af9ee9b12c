import { Buffer } from "node:buffer";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createSecureServer } from "node:tls";
import { ProtocolError, ServerConnection } from "@mantou/http1";
import { cert, key } from "@mantou/testing/tls";

/** What one planted fault does to a server that has none. Text is latin1: a character is a byte. */
export interface Fault {
  /** Changes what the server reads, packet by packet. */
  readonly input?: (text: string) => string;
  /** Changes what it sends, write by write. */
  readonly output?: (text: string) => string;
  /** Puts an end to it: the socket does what the fault says, and the server sees no more. */
  readonly takes?: (text: string, socket: Socket) => boolean;
  /** The response of the application, in place of its own. */
  readonly status?: (method: string, target: string) => number | undefined;
  /** The same by the content of the request. */
  readonly contentStatus?: (method: string, content: string) => number | undefined;
  /** The connection is closed behind the response, which does not say so. */
  readonly closesBehind?: (method: string) => boolean;
  /** The connection stays open where it is to be closed. */
  readonly staysOpen?: boolean;
  /** 100 Continue is never sent. */
  readonly neverContinues?: boolean;
  /** A request that the client's end cuts is read as if this were behind it. */
  readonly atEnd?: string;
  /** What the echo makes of content, and of the value of X-Echo. */
  readonly content?: (text: string) => string;
  readonly value?: (text: string) => string;
  /** A trailer X-Echo is taken for a field. */
  readonly mergesTrailers?: boolean;
  /** Content that the client's end cuts is responded to. */
  readonly takesIncomplete?: boolean;
  /** The client's end is not seen. */
  readonly hangsAtEnd?: boolean;
}

export interface FaultyServer {
  readonly url: string;
  close(): Promise<void>;
}

const METHODS = "GET, HEAD, POST, OPTIONS";

/** A small strict server, with one fault planted in it or none. `/echo` keeps the contract of docs/echo.md. */
export async function startServer(
  fault: Fault = {},
  { tls = false, unix }: { readonly tls?: boolean; readonly unix?: string } = {},
): Promise<FaultyServer> {
  const sockets = new Set<Socket>();
  const connected = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    serveSocket(socket, fault);
  };
  const options = { allowHalfOpen: true };
  const server: Server = tls
    ? createSecureServer({ ...options, cert, key }, connected)
    : createServer(options, connected);
  await new Promise<void>((resolve) => {
    if (unix === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(unix, resolve);
  });
  const address = server.address() as AddressInfo | string;
  const authority = typeof address === "string" ? "localhost" : `127.0.0.1:${address.port}`;
  return {
    url: `${tls ? "https" : "http"}://${authority}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serveSocket(socket: Socket, fault: Fault): void {
  const write = (text: string) => {
    const changed = fault.output?.(text) ?? text;
    if (changed !== "") socket.write(changed, "latin1");
  };
  // One write for all that a packet brings about, so that `output` sees whole responses.
  let pending = "";
  const output = {
    text: (text: string) => {
      pending += text;
    },
    bytes: (chunk: Uint8Array) => {
      pending += Buffer.from(chunk).toString("latin1");
    },
  };
  const connection = new ServerConnection(output, { date: () => new Date().toUTCString() });
  let isTaken = false;
  let request: Request = { method: "", target: "", value: null };
  let content = "";
  const read = () => {
    try {
      for (let event = connection.next(); event !== null; event = connection.next()) {
        if (event.type === "request") {
          request = { method: event.method, target: event.target, value: event.fields.get("x-echo") };
          content = "";
          if (event.expectsContinue && fault.neverContinues !== true) connection.sendContinue();
        }
        if (event.type === "data") content += event.bytes.toString("latin1");
        if (event.type !== "end") continue;
        respond(connection, request, content, event.trailers?.get("x-echo") ?? null, fault);
        if (fault.closesBehind?.(request.method) !== true) continue;
        isTaken = true;
        write(pending);
        socket.end();
        return;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const { responseState } = connection;
      if (responseState === "idle" || responseState === "pending") connection.refuse(error.status);
    }
    write(pending);
    pending = "";
    if (connection.waitingFor === "nothing" && fault.staysOpen !== true) socket.end();
  };
  socket.on("data", (bytes: Buffer) => {
    const text = bytes.toString("latin1");
    if (isTaken) return;
    if (fault.takes?.(text, socket) === true) {
      isTaken = true;
      return;
    }
    connection.receive(Buffer.from(fault.input?.(text) ?? text, "latin1"));
    read();
  });
  socket.on("end", () => {
    if (isTaken || fault.hangsAtEnd === true) return;
    if (fault.takesIncomplete === true && content !== "") {
      write(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n${content}`);
      socket.end();
      return;
    }
    if (fault.atEnd !== undefined) connection.receive(Buffer.from(fault.atEnd, "latin1"));
    connection.receiveEnd();
    read();
    socket.end();
  });
}

interface Request {
  readonly method: string;
  readonly target: string;
  /** Of X-Echo. */
  readonly value: string | null;
}

function respond(
  connection: ServerConnection,
  { method, target, value }: Request,
  received: string,
  trailer: string | null,
  fault: Fault,
): void {
  if (target === "/echo") {
    const shown = fault.mergesTrailers === true ? (trailer ?? value) : value;
    const fields = ["Echo-Method", method];
    if (shown !== null) fields.push("Echo-Value", fault.value?.(shown) ?? shown);
    if (trailer !== null) fields.push("Echo-Trailer", trailer);
    const sent = Buffer.from(fault.content?.(received) ?? received, "latin1");
    connection.respond({ status: 200, fields }, method === "HEAD" ? null : sent);
    return;
  }
  const own = fault.status?.(method, target) ?? fault.contentStatus?.(method, received);
  const status = own ?? plainStatus(method, target);
  const fields = status === 405 || method === "OPTIONS" ? ["Allow", METHODS] : [];
  const content = method === "HEAD" || status === 204 ? null : `${status}\n`;
  connection.respond({ status, fields }, content);
}

function plainStatus(method: string, target: string): number {
  if (method === "OPTIONS") return 204;
  if (!METHODS.split(", ").includes(method)) return 405;
  return /^(?:http:\/\/[^/]*)?\/(?:\?|$)/.test(target) ? 200 : 404;
}
