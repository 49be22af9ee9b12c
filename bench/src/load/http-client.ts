import type { Socket } from "node:net";
import type { HttpScenario } from "../scenario.ts";
import { openAll, type Receive } from "./connect.ts";
import { Histogram } from "./histogram.ts";
import { requestBytes } from "./http-request.ts";
import { ResponseCounter } from "./responses.ts";
import { fail, measureWindow, type Orders, readOrders } from "./window.ts";

/**
 * The load for HTTP scenarios that `wrk` cannot send or where it is not installed, a process of its own. It costs more CPU per
 * request than wrk, so that fast servers are not saturated by it; the report says when that was so.
 */
export interface HttpOrders
  extends Orders,
    Pick<
      HttpScenario,
      "connections" | "method" | "path" | "fields" | "content" | "pipeline" | "tls" | "fresh" | "unit"
    > {}

const MIB = 2 ** 20;

const orders = readOrders<HttpOrders>();
const latencies = new Histogram();
const request = requestBytes(orders, orders.port);
const batch = Buffer.concat(Array.from({ length: orders.pipeline }, () => request));

let received = 0;
let contentBytes = 0;
let stopped = false;
const starts: (() => void)[] = [];

openAll(orders.connections, orders.port, connected, begin, { tls: orders.tls });

function begin(): void {
  for (const start of starts) start();
  measureWindow(orders, latencies, {
    operations: () => (orders.unit === "MiB received" ? contentBytes / MIB : received),
    stop: (done) => {
      stopped = true;
      done();
    },
  });
}

function connected(socket: Socket, opened: () => void): Receive {
  const responses = new ResponseCounter();
  let inFlight = 0;
  let sent = 0;
  const send = (now: number): void => {
    inFlight = orders.pipeline;
    sent = now;
    socket.write(batch);
  };
  starts.push(() => send(performance.now()));
  opened();
  return (bytes) => {
    const before = responses.contentBytes;
    const count = countResponses(responses, bytes);
    contentBytes += responses.contentBytes - before;
    received += count;
    inFlight -= count;
    if (inFlight > 0 || stopped) return;
    const now = performance.now();
    // As in wrk, the time of a batch is that of its last response, recorded once.
    latencies.record((now - sent) * 1000, 1);
    send(now);
  };
}

function countResponses(responses: ResponseCounter, bytes: Buffer): number {
  try {
    return responses.receive(bytes);
  } catch (error) {
    return fail((error as Error).message);
  }
}
