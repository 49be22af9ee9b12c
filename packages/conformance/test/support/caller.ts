import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ClientConnection } from "@mantou/http1";
import { acceptKey, Connection, checkResponse } from "@mantou/websocket";
import { type Frame, writeFrame } from "@mantou/websocket/arbitraries";
import { FrameReader } from "../../src/exchange/frame-reader.ts";
import type { Call, Caller } from "../../src/target/caller.ts";

/** What one planted fault does to a client that has none. */
export interface ClientFault {
  /** Changes what it reads of a response. */
  readonly input?: (text: string) => string;
  /** The end of the connection is the end of the response. */
  readonly takesIncomplete?: boolean;
  /** All requests are GET when their responses are read. */
  readonly forgetsMethod?: boolean;
  /** The next response is read where the last one ended. */
  readonly keepsSurplus?: boolean;
  /** The response to the handshake is not checked. */
  readonly opensAlways?: boolean;
  /** The handshake fails unless its head and the number of its packets are like this. */
  readonly opensOnlyIf?: (head: string, packets: number) => boolean;
  /** The connection is not closed. */
  readonly staysConnected?: boolean;
  /** Changes a frame before it is read; null drops it. */
  readonly incoming?: (frame: Frame) => Frame | null;
  /** Changes a frame before it is sent; null drops it. */
  readonly outgoing?: (frame: Frame) => Frame | null;
}

const KEY = "AAAAAAAAAAAAAAAAAAAAAA==";

/** A small strict client in this process, with one fault planted in it or none. */
export function callerWith(fault: ClientFault = {}): Caller {
  return async (urls, method, signal): Promise<Call> => {
    const lines: string[] = [];
    const surplus: Buffer[] = [];
    try {
      for (const url of urls) {
        const { port, pathname, protocol } = new URL(url);
        const socket = connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true, signal });
        socket.on("error", () => {});
        const own =
          protocol === "ws:"
            ? openWebSocket(socket, fault)
            : request(socket, pathname, method, fault, surplus);
        const line = await own.finally(() => {
          if (fault.staysConnected === true) socket.resume().on("end", () => socket.destroy());
          else socket.destroy();
        });
        if (line !== null) lines.push(line);
      }
      return { end: signal.aborted ? "killed" : "done", lines };
    } catch {
      return { end: signal.aborted ? "killed" : "refused", lines };
    }
  };
}

/** @returns the status and the content in hexadecimal */
async function request(
  socket: Socket,
  path: string,
  method: string,
  fault: ClientFault,
  surplus: Buffer[],
): Promise<string> {
  const client = new ClientConnection({
    text: (text) => socket.write(text, "latin1"),
    bytes: (bytes) => socket.write(bytes),
  });
  client.request(
    { method: fault.forgetsMethod === true ? "GET" : method, target: path, fields: ["Host", "a"] },
    null,
  );
  let status = 0;
  const content: Buffer[] = [];
  /** @returns whether the response is whole */
  const read = (bytes: Buffer): boolean => {
    client.receive(bytes);
    for (let event = client.next(); event !== null; event = client.next()) {
      if (event.type === "response") status = event.status;
      if (event.type === "response" && event.status === 101) throw new Error("a 101 that was not asked for");
      if (event.type === "data") content.push(Buffer.from(event.bytes));
      if (event.type !== "end") continue;
      if (fault.keepsSurplus === true && client.unreadBytes > 0)
        surplus.push(bytes.subarray(-client.unreadBytes));
      return true;
    }
    return false;
  };
  const line = () => `${status} ${Buffer.concat(content).toString("hex")}`;
  const before = surplus.shift();
  if (before !== undefined && read(before)) return line();
  for await (const bytes of socket as AsyncIterable<Buffer>) {
    const text = bytes.toString("latin1");
    if (read(Buffer.from(fault.input?.(text) ?? text, "latin1"))) return line();
  }
  if (fault.takesIncomplete === true) return line();
  client.receiveEnd();
  for (let event = client.next(); event !== null; event = client.next()) {
    if (event.type === "end") return line();
  }
  throw new Error("the response is incomplete");
}

async function openWebSocket(socket: Socket, fault: ClientFault): Promise<null> {
  await once(socket, "connect");
  socket.write(
    `GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`,
  );
  const outgoing = new FrameReader();
  const send = (bytes: Buffer): void => {
    for (const { bytes: frame } of outgoing.push(bytes)) {
      const changed = fault.outgoing === undefined ? frame : rewritten(frame, fault.outgoing);
      if (socket.writable) socket.write(changed);
    }
  };
  const machine = new Connection({
    role: "client",
    output: { text: (text) => send(Buffer.from(text, "latin1")), bytes: (bytes) => send(Buffer.from(bytes)) },
    maskKey: () => 0x01020304,
  });
  const incoming = new FrameReader();
  let head = "";
  let packets = 0;
  let isOpen = false;
  const reading = socket.iterator({ destroyOnReturn: fault.staysConnected !== true });
  for await (const bytes of reading as AsyncIterable<Buffer>) {
    let frames = bytes;
    if (!isOpen) {
      head += bytes.toString("latin1");
      packets++;
      const end = head.indexOf("\r\n\r\n");
      if (end === -1) continue;
      if (fault.opensOnlyIf?.(head.slice(0, end), packets) === false) throw new Error("no handshake");
      checkHead(head.slice(0, end), fault);
      isOpen = true;
      frames = Buffer.from(head.slice(end + 4), "latin1");
    }
    const { incoming: change } = fault;
    machine.receive(
      change === undefined
        ? frames
        : Buffer.concat(incoming.push(frames).map(({ bytes: frame }) => rewritten(frame, change))),
    );
    for (let event = machine.next(); event !== null; event = machine.next());
    if (machine.state === "closed" || machine.state === "failed") break;
  }
  socket.end();
  return null;
}

function checkHead(head: string, { opensAlways }: ClientFault): void {
  const [line = "", ...lines] = head.split("\r\n");
  const header = (name: string) => {
    const own = lines.filter((one) => one.toLowerCase().startsWith(`${name}:`));
    return own.length === 0 ? null : own.map((one) => one.slice(name.length + 1).trim()).join(", ");
  };
  const check = checkResponse({ status: Number(line.split(" ")[1]), header }, { key: KEY });
  if (!check.ok && opensAlways !== true) throw new Error(check.message);
}

function rewritten(bytes: Buffer, change: (frame: Frame) => Frame | null): Buffer {
  const [frame] = new FrameReader().push(bytes);
  const isMasked = bytes[1]! >= 128;
  const payloadAt = bytes.length - frame!.payload.length;
  const maskKey = isMasked ? bytes.subarray(payloadAt - 4, payloadAt) : null;
  const payload = frame!.payload.map((byte, i) => byte ^ (maskKey?.[i % 4] ?? 0));
  const changed = change({ fin: frame!.fin, rsv: frame!.rsv, opcode: frame!.opcode, maskKey, payload });
  return changed === null ? Buffer.alloc(0) : writeFrame(changed);
}

/** The accept of the key that this client always has. */
export const ACCEPTED: string = acceptKey(KEY);
