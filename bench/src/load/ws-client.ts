import { createHash, randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { open, type Receive, whenAllOpen } from "./connect.ts";
import { Histogram } from "./histogram.ts";
import { SendTimes } from "./send-times.ts";
import { fail, measureWindow, type Orders, readOrders } from "./window.ts";

/**
 * The load for WebSocket scenarios, a process of its own. Its frames are made beforehand. Of what it receives it checks
 * the handshake and each connection's first message, and from then on counts bytes: every message has the same
 * length, so bytes are messages, and the load costs as little as a load can.
 */
export interface WebSocketOrders extends Orders {
  readonly connections: number;
  readonly payload: number;
  readonly inFlight: number;
  readonly fanOut: number;
}

const orders = readOrders<WebSocketOrders>();
const latencies = new Histogram();

/** RFC 6455, section 5.2: FIN and text, then the length; a server's frame has no mask (section 5.1). */
const expected = Buffer.concat([Buffer.from([0x81, orders.payload]), Buffer.alloc(orders.payload, "m")]);
const outgoing = repeat(maskedFrame(), orders.inFlight);
const outgoingLength = outgoing.length / orders.inFlight;

/** Received bytes that answer one sent message in full. */
const bytesPerAnswer = expected.length * orders.fanOut;

let received = 0;
let stopped = false;
const starts: (() => void)[] = [];

const opened = whenAllOpen(orders.connections, () => {
  // Only now: in a room, a message sent before all have joined would never reach the latecomers.
  for (const start of starts) start();
  measureWindow(orders, latencies, {
    operations: () => Math.floor(received / expected.length),
    stop: () => {
      stopped = true;
    },
  });
});

for (let client = 0; client < orders.connections; client++) open(orders.port, connected);

function connected(socket: Socket): Receive {
  const key = randomBytes(16).toString("base64");
  socket.write(
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  let head: Buffer = Buffer.alloc(0);
  let messages: Receive | undefined;
  return (bytes) => {
    if (messages !== undefined) return messages(bytes);
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    checkHandshake(head.toString("latin1", 0, end), key);
    if (head.length > end + 4) fail("the server sent something before it was asked");
    messages = exchange(socket);
    opened();
  };
}

/** What a connection does once it is open: for each message answered in full, send the next one. */
function exchange(socket: Socket): Receive {
  const times = new SendTimes(orders.inFlight);
  let waiting = 0;
  let first: Buffer | undefined = Buffer.alloc(0);
  const send = (count: number, now: number): void => {
    times.push(count, now);
    socket.write(outgoing.subarray(0, count * outgoingLength));
  };
  starts.push(() => send(orders.inFlight, performance.now()));
  return (bytes) => {
    received += bytes.length;
    waiting += bytes.length;
    if (first !== undefined) first = checkFirst(Buffer.concat([first, bytes]));
    if (waiting < bytesPerAnswer || stopped) return;
    const answered = Math.floor(waiting / bytesPerAnswer);
    waiting -= answered * bytesPerAnswer;
    const now = performance.now();
    times.take(answered, (sent, count) => latencies.record((now - sent) * 1000, count));
    send(answered, now);
  };
}

/** The bytes to look at again when more are there, or `undefined` when the first message was right. */
function checkFirst(bytes: Buffer): Buffer | undefined {
  const length = Math.min(bytes.length, expected.length);
  if (bytes.compare(expected, 0, length, 0, length) !== 0) {
    fail(`a frame differs from the one expected: ${bytes.subarray(0, length).toString("hex")}`);
  }
  return length < expected.length ? bytes : undefined;
}

function checkHandshake(head: string, key: string): void {
  // RFC 6455, section 4.2.2.
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const fields = head.split("\r\n");
  const accepted = fields.some(
    (field) => /^sec-websocket-accept:/i.test(field) && field.endsWith(` ${accept}`),
  );
  if (!fields[0]?.startsWith("HTTP/1.1 101 ") || !accepted)
    fail(`the handshake was answered by ${fields[0]}`);
  if (/^sec-websocket-extensions:/im.test(head)) fail("the server chose an extension that was not offered");
}

function maskedFrame(): Buffer {
  const mask = randomBytes(4);
  const payload = Buffer.alloc(orders.payload, "m").map((byte, at) => byte ^ mask[at % 4]!);
  return Buffer.concat([Buffer.from([0x81, 0x80 | orders.payload]), mask, payload]);
}

function repeat(bytes: Buffer, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => bytes));
}
