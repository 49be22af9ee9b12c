import type { Socket } from "node:net";
import { open, type Receive, whenAllOpen } from "./connect.ts";
import { Histogram } from "./histogram.ts";
import { ResponseCounter } from "./responses.ts";
import { fail, measureWindow, type Orders, readOrders } from "./window.ts";

/**
 * The load for HTTP scenarios where `wrk` is not installed, a process of its own. It costs more CPU per request than
 * wrk, so that fast servers are not saturated by it; the report says when that was so.
 */
export interface HttpOrders extends Orders {
  readonly connections: number;
  readonly path: string;
  readonly pipeline: number;
}

const orders = readOrders<HttpOrders>();
const latencies = new Histogram();
const request = `GET ${orders.path} HTTP/1.1\r\nHost: 127.0.0.1:${orders.port}\r\n\r\n`;
const batch = Buffer.from(request.repeat(orders.pipeline), "latin1");

let answered = 0;
let stopped = false;
const starts: (() => void)[] = [];

const opened = whenAllOpen(orders.connections, () => {
  for (const start of starts) start();
  measureWindow(orders, latencies, {
    operations: () => answered,
    stop: (done) => {
      stopped = true;
      done();
    },
  });
});

for (let client = 0; client < orders.connections; client++) open(orders.port, connected);

function connected(socket: Socket): Receive {
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
    const count = countResponses(responses, bytes);
    answered += count;
    inFlight -= count;
    if (inFlight > 0 || stopped) return;
    const now = performance.now();
    // As wrk does: the time of a batch is that of its last answer, recorded once.
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
