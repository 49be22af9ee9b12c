import { Buffer } from "node:buffer";
import { readdirSync } from "node:fs";
import type { ServerWebSocket } from "@mantou/serve";
import type { Program, RunningServer } from "../../child/program.ts";

/** A client's command for its handler, as a text message: `["tiny", 1000]`. */
type Command = readonly [name: string, count: number];

export interface Returned {
  /** Messages that were sent, or wait. */
  accepted: number;
  /** Their bytes on the wire. */
  bytes: number;
  dropped: number;
}

interface Data {
  /** The return values of its handlers' sends. */
  readonly returned: Returned;
}

/** Calls between two turns of the event loop: the program's own work must not look like ours. */
const SLICE = 500;
const FEW = 4;
const TINY_FRAME = 3;
const FILLING = "f".repeat(60_000);
const FILLING_FRAME = 60_004;
const TOPIC = "flood";

const commands: Readonly<Record<string, (ws: ServerWebSocket<Data>, count: number) => void>> = {
  /** That many messages of one byte, few of them in a turn: each turn's messages are written as a piece of their own. */
  tiny: (ws, count) => inSlices(count, () => note(ws, ws.send("x"), TINY_FRAME), FEW),
  /** Fills the operating system's buffers for a client that does not read. */
  fill: (ws) => {
    while (note(ws, ws.send(FILLING), FILLING_FRAME) > 0) {}
    done++;
  },
  /** Subscribes to that many topics. */
  topics: (ws, count) => inSlices(count, (i) => ws.subscribe(`topic ${i}`)),
  join: (ws) => {
    ws.subscribe(TOPIC);
    done++;
  },
};

/** @param frame bytes of the message on the wire */
function note(ws: ServerWebSocket<Data>, value: number, frame: number): number {
  const { returned } = ws.data;
  if (value === 0) returned.dropped++;
  else {
    returned.accepted++;
    returned.bytes += frame;
  }
  return value;
}

/** Commands that have been carried out. */
let done = 0;

function inSlices(count: number, act: (i: number) => void, size = SLICE): void {
  let at = 0;
  const slice = (): void => {
    for (const end = Math.min(count, at + size); at < end; at++) act(at);
    if (at < count) setImmediate(slice);
    else done++;
  };
  slice();
}

const results: Returned[] = [];
const kilobyte = Buffer.alloc(1000, "p");

export const program: Program = {
  options: {
    fetch(request: Request, server: RunningServer) {
      const returned = { accepted: 0, bytes: 0, dropped: 0 };
      results.push(returned);
      return server.upgrade(request, { data: { returned } as never })
        ? undefined
        : new Response("no WebSocket");
    },
    websocket: {
      perMessageDeflate: true,
      idleTimeout: 0,
      message(ws: ServerWebSocket<Data>, message: string | Buffer) {
        if (typeof message !== "string") {
          ws.send(message, true);
          return;
        }
        const [name, count] = JSON.parse(message) as Command;
        commands[name]?.(ws, count);
      },
    },
  } as unknown as Program["options"],
  reply(question, data, server) {
    if (question === "done") return done;
    if (question === "pending") return server.pendingWebSockets;
    if (question === "descriptors") return readdirSync("/proc/self/fd").length - 1;
    if (question === "returned") return results;
    if (question === "publish") inSlices(Number(data), () => server.publish(TOPIC, kilobyte));
    return null;
  },
};
