import type { Socket } from "node:net";
import { openAll, type Receive } from "./connect.ts";
import { Histogram } from "./histogram.ts";
import type { HttpOrders } from "./http-client.ts";
import { requestBytes } from "./http-request.ts";
import { ResponseCounter } from "./responses.ts";
import { Schedule } from "./schedule.ts";
import { fail, measureWindow, readOrders } from "./window.ts";

/**
 * The load for latencies under a fixed rate, a process of its own. It goes round its event loop without a rest, since timers
 * are a millisecond apart: this takes a whole core, and what it adds to a latency is one turn of that loop.
 */
export interface PacedOrders extends HttpOrders {
  /** Requests a second, over all connections. */
  readonly rate: number;
}

const orders = readOrders<PacedOrders>();
const latencies = new Histogram();
/** How long requests waited for this process, and not for a connection. */
const lateness = new Histogram();
const request = requestBytes(orders, orders.port);

/** Connections on which nothing is under way, in the order in which they became so. */
const idle: Connection[] = [];
let received = 0;
let schedule: Schedule;
let scheduleStart: number;

interface Connection {
  readonly socket: Socket;
  /** When what is under way was due, in milliseconds. */
  due: number;
  /** Since when nothing is under way. */
  idleSince: number;
}

openAll(orders.connections, orders.port, connected, begin, { tls: orders.tls });

function begin(): void {
  startSchedule();
  const turn = (): void => {
    send();
    setImmediate(turn);
  };
  turn();
  const stop = (done: () => void): void => done();
  measureWindow(orders, latencies, { operations: () => received, open: startSchedule, stop, lateness });
}

/**
 * The schedule begins anew with the window. A server that is not compiled yet takes a few times as long: what it owed from its first
 * second was paid back in the window, and set the p99 there.
 */
function startSchedule(): void {
  scheduleStart = performance.now();
  schedule = new Schedule(orders.rate, scheduleStart);
}

function send(): void {
  const now = performance.now();
  while (idle.length > 0) {
    const due = schedule.next(now);
    if (due === undefined) return;
    lateness.record((now - Math.max(due, idle[0]!.idleSince)) * 1000, 1);
    const connection = idle.pop()!;
    connection.due = due;
    connection.socket.write(request);
  }
}

function connected(socket: Socket, opened: () => void): Receive {
  const responses = new ResponseCounter();
  const connection = { socket, due: 0, idleSince: 0 };
  idle.push(connection);
  opened();
  return (bytes) => {
    if (countResponses(responses, bytes) === 0) return;
    received++;
    connection.idleSince = performance.now();
    // What was due before is not of this schedule.
    if (connection.due >= scheduleStart) latencies.record((connection.idleSince - connection.due) * 1000, 1);
    idle.push(connection);
  };
}

function countResponses(responses: ResponseCounter, bytes: Buffer): number {
  try {
    return responses.receive(bytes);
  } catch (error) {
    return fail((error as Error).message);
  }
}
