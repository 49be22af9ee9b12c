/** The machines of this package on real sockets, for peers to talk to. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { FieldBlock, type FieldList } from "@mantou/http1";
import {
  acceptHeaders,
  Connection,
  checkResponse,
  checkUpgrade,
  createKey,
  type Event,
  requestHeaders,
} from "../src/index.ts";

export type OnEvent = (event: Event, connection: Connection) => void;

const cleanUps: Array<() => void> = [];

/** For `afterEach`: closes all that was opened. */
export function closeAll(): void {
  for (const close of cleanUps.splice(0)) close();
}

/** Has `close` called by {@link closeAll}. */
export function closeLater(close: () => void): void {
  cleanUps.push(close);
}

/** Runs a connection on a socket; `onEvent` is given each event. A server closes the socket first (RFC 6455 §7.1.1). */
export function run(role: "server" | "client", socket: Socket, onEvent: OnEvent): Connection {
  const output = {
    text: (latin1: string) => void socket.write(latin1, "latin1"),
    bytes: (chunk: Uint8Array) => void socket.write(chunk),
  };
  const connection = new Connection({ role, output });
  socket.on("data", (bytes) => {
    connection.receive(bytes);
    for (let event = connection.next(); event !== null; event = connection.next()) onEvent(event, connection);
    if (connection.state === "failed" || (connection.state === "closed" && role === "server")) socket.end();
  });
  // A peer may reset the connection as soon as it has failed it.
  socket.on("error", () => socket.destroy());
  return connection;
}

/** A server that accepts every valid handshake, agrees to the first subprotocol, and hands over the socket. */
export async function acceptAll(
  onSocket: (socket: Socket, request: IncomingMessage) => void,
): Promise<number> {
  const server = createServer();
  server.on("upgrade", (request, socket: Socket, head) => {
    const header = (name: string) => request.headers[name]?.toString() ?? null;
    const checked = checkUpgrade({ method: request.method!, versionMinor: request.httpVersionMinor, header });
    if (!checked.ok) throw new Error(checked.message);
    const fields = acceptHeaders(checked.key, checked.protocols[0] ?? null);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines(fields)}\r\n`);
    onSocket(socket, request);
    socket.unshift(head);
    closeLater(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closeLater(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A socket to a server that has accepted our client's handshake. Nothing behind the response has been read. */
export async function open(port: number, path = "/"): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  closeLater(() => socket.destroy());
  const key = createKey();
  const host = `Host: 127.0.0.1:${port}\r\n`;
  socket.write(`GET ${path} HTTP/1.1\r\n${host}${lines(requestHeaders(key))}\r\n`);
  let received = Buffer.alloc(0);
  while (!received.includes("\r\n\r\n"))
    received = Buffer.concat([received, (await once(socket, "data"))[0]]);
  socket.pause();
  const end = received.indexOf("\r\n\r\n");
  const [statusLine = "", ...fieldLines] = received.toString("latin1", 0, end).split("\r\n");
  const fields = new Map(
    fieldLines.map((line) => [line.split(":")[0]!.toLowerCase(), line.split(": ")[1] ?? ""]),
  );
  const checked = checkResponse(
    { status: Number(statusLine.split(" ")[1]), header: (name) => fields.get(name) ?? null },
    { key },
  );
  if (!checked.ok) throw new Error(checked.message);
  socket.unshift(received.subarray(end + 4));
  return socket;
}

function lines(list: FieldList): string {
  return new FieldBlock(list).text;
}
