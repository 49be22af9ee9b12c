import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { openAll, type Receive } from "./connect.ts";
import { ExpectedReply } from "./expected-reply.ts";
import { Histogram } from "./histogram.ts";
import { type MessageCounter, messageCounter } from "./message-counter.ts";
import type { MessageKind } from "./messages.ts";
import { Outgoing, scenarioMessage } from "./outgoing.ts";
import { Replies } from "./replies.ts";
import { SendTimes } from "./send-times.ts";
import { fail, measureWindow, type Orders, readOrders } from "./window.ts";
import { handshakeFault, handshakeRequest } from "./ws-handshake.ts";

/**
 * The load for WebSocket scenarios, a process of its own. Its frames are made beforehand. It checks the handshake and each
 * connection's first message, and then only counts (see MessageCounter), which is the cheapest load possible. At the end
 * it waits for the messages in flight; every message must have had its reply, to the byte.
 */
export interface WebSocketOrders extends Orders {
  readonly connections: number;
  readonly message: MessageKind;
  readonly payload: number;
  readonly deflate: boolean;
  readonly inFlight: number;
  readonly fanOut: number;
  readonly talkers: number;
  readonly together: boolean;
}

const orders = readOrders<WebSocketOrders>();
const latencies = new Histogram();
const offer = orders.deflate ? "deflate-alone" : "none";
const message = scenarioMessage(orders.message, orders.payload, orders.deflate);
const reply = new ExpectedReply(message);
const outgoing = new Outgoing(message, orders.inFlight);

/** Messages of all connections. */
let sent = 0;
let received = 0;
let stopped: (() => void) | undefined;
const starts: (() => void)[] = [];
const counters: MessageCounter[] = [];

/** When the messages under way were sent, if all clients go on together. */
let roundBegan = 0;

openAll(orders.connections, orders.port, connected, begin);

function begin(): void {
  // Only now: in a room, a message sent before all have joined would never reach the latecomers.
  startRound();
  measureWindow(orders, latencies, {
    operations: () => received,
    stop: (done) => {
      stopped = done;
      endWhenReplied();
    },
  });
}

function startRound(): void {
  roundBegan = performance.now();
  for (const start of starts) start();
}

function connected(socket: Socket, opened: () => void): Receive {
  const key = randomBytes(16).toString("base64");
  socket.write(handshakeRequest(key, offer));
  let head: Buffer = Buffer.alloc(0);
  let messages: Receive | undefined;
  return (bytes) => {
    if (messages !== undefined) return messages(bytes);
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const fault = handshakeFault(head.toString("latin1", 0, end), key, offer);
    if (fault !== undefined) fail(fault);
    if (head.length > end + 4) fail("the server sent something before it was asked");
    messages = exchange(socket);
    opened();
  };
}

/** The exchange on an open connection: each complete reply is followed by the next message. */
function exchange(socket: Socket): Receive {
  const times = new SendTimes(orders.inFlight);
  const counter = messageCounter(message);
  counters.push(counter);
  const replies = new Replies(orders.fanOut, orders.inFlight);
  let first: Buffer | undefined = Buffer.alloc(0);
  const send = (count: number, now: number): void => {
    times.push(count, now);
    sent += count;
    socket.write(outgoing.frames(count));
  };
  if (starts.length < orders.talkers) starts.push(() => send(orders.inFlight, performance.now()));
  const count = (bytes: Buffer): number => {
    try {
      if (first !== undefined) first = checkFirst(first, bytes);
      return counter.receive(bytes);
    } catch (error) {
      return fail((error as Error).message);
    }
  };
  return (bytes) => {
    const messages = count(bytes);
    received += messages;
    if (stopped !== undefined) return endWhenReplied();
    if (orders.together) return endRound();
    const replied = replies.take(messages);
    if (replied === 0) return;
    const now = performance.now();
    times.take(replied, (since, group) => latencies.record((now - since) * 1000, group));
    send(replied, now);
  };
}

function endRound(): void {
  if (received < sent * orders.fanOut) return;
  latencies.record((performance.now() - roundBegan) * 1000, starts.length);
  startRound();
}

/** The bytes to look at again when more are there, or `undefined` when the first message was right. */
function checkFirst(before: Buffer, bytes: Buffer): Buffer | undefined {
  const all = Buffer.concat([before, bytes]);
  return reply.check(all) ? undefined : all;
}

/** If a reply never completes, the window's own limit ends this. */
function endWhenReplied(): void {
  const expected = sent * orders.fanOut;
  if (received > expected) fail(`${received} messages came instead of ${expected}`);
  if (received < expected) return;
  if (counters.some(({ rest }) => rest > 0)) fail("more bytes came than the replies have");
  stopped?.();
}
