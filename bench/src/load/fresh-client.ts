import { randomBytes } from "node:crypto";
import type { HttpScenario } from "../scenario.ts";
import { open, type Receive } from "./connect.ts";
import { frame } from "./frames.ts";
import { Histogram } from "./histogram.ts";
import { requestBytes } from "./http-request.ts";
import { ResponseCounter } from "./responses.ts";
import { fail, measureWindow, type Orders, readOrders } from "./window.ts";
import { handshakeFault, handshakeRequest } from "./ws-handshake.ts";

/**
 * The load for scenarios in which an operation is a whole connection, a process of its own: connect, send one request, wait for
 * the response and for the server to close. As many run at once as the scenario has connections. The server closes first, as
 * RFC 9112 (section 9.6) and RFC 6455 (section 7.1.1) require, so that only the server's port has connections in TIME_WAIT.
 */
export interface FreshOrders extends Orders {
  readonly connections: number;
  /** The request, or `undefined` for a WebSocket's two handshakes. */
  readonly request:
    | Pick<HttpScenario, "method" | "path" | "fields" | "content" | "fresh" | "tls">
    | undefined;
}

const orders = readOrders<FreshOrders>();
const latencies = new Histogram();
const { request } = orders;
const asked = request === undefined ? undefined : requestBytes(request, orders.port);
/** A Close frame without a status (RFC 6455, section 5.5.1), and the first byte of the server's Close frame. */
const close = frame({ opcode: 8, compressed: false, payload: Buffer.alloc(0) }, randomBytes(4));
const closeReply = 0x88;

let done = 0;
let stopped = false;

for (let slot = 0; slot < orders.connections; slot++) connectAnew();
measureWindow(orders, latencies, {
  operations: () => done,
  stop: (finish) => {
    stopped = true;
    finish();
  },
});

function connectAnew(): void {
  const begun = performance.now();
  let responded = false;
  const onResponse = (): void => {
    responded = true;
    latencies.record((performance.now() - begun) * 1000, 1);
  };
  const ended = (): void => {
    if (stopped) return;
    if (!responded) fail("the server closed a connection without a response");
    done++;
    connectAnew();
  };
  open(
    orders.port,
    (socket) => {
      if (asked !== undefined) {
        socket.write(asked);
        return receiveResponse(onResponse);
      }
      const key = randomBytes(16).toString("base64");
      socket.write(handshakeRequest(key, "none"));
      return receiveHandshakes(key, onResponse, () => socket.write(close));
    },
    { tls: request?.tls ?? false, ended },
  );
}

function receiveResponse(onResponse: () => void): Receive {
  const responses = new ResponseCounter();
  return (bytes) => {
    try {
      if (responses.receive(bytes) > 0) onResponse();
    } catch (error) {
      fail((error as Error).message);
    }
  };
}

/** The upgrade is timed. The connection ends with the server's Close frame and end. */
function receiveHandshakes(key: string, onResponse: () => void, sendClose: () => void): Receive {
  let head: Buffer | undefined = Buffer.alloc(0);
  return (bytes) => {
    if (head === undefined) {
      if (bytes[0] !== closeReply) fail(`the reply to a Close frame is ${bytes.toString("hex", 0, 10)}`);
      return;
    }
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const fault = handshakeFault(head.toString("latin1", 0, end), key, "none");
    if (fault !== undefined) fail(fault);
    head = undefined;
    onResponse();
    sendClose();
  };
}
