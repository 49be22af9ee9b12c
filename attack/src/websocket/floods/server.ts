import { Buffer } from "node:buffer";
import { readdirSync } from "node:fs";
import type { ServerWebSocket } from "@mantou/serve";
import type { Program, RunningServer } from "../../child/program.ts";

/** What a client asks of its handler, as a text message: `["tiny", 1000]`. */
type Command = readonly [name: string, count: number];

interface Data {
  /** What its handlers' sends have returned. */
  readonly returned: { sent: number; waits: number; dropped: number };
}

/** Calls between two turns of the event loop: the program's own work must not look like ours. */
const SLICE = 500;
const TOPIC = "flood";

const commands: Readonly<Record<string, (ws: ServerWebSocket<Data>, count: number) => void>> = {
  /** So many messages of one byte. */
  tiny: (ws, count) => inSlices(count, () => note(ws, ws.send("x"))),
  /** Subscribes to so many topics. */
  topics: (ws, count) => inSlices(count, (i) => ws.subscribe(`topic ${i}`)),
  join: (ws) => ws.subscribe(TOPIC),
};

function note(ws: ServerWebSocket<Data>, value: number): void {
  const { returned } = ws.data;
  if (value > 0) returned.sent++;
  else if (value < 0) returned.waits++;
  else returned.dropped++;
}

/** Commands that are still being carried out. */
let busy = 0;

function inSlices(count: number, act: (i: number) => void): void {
  let at = 0;
  busy++;
  const slice = (): void => {
    for (const end = Math.min(count, at + SLICE); at < end; at++) act(at);
    if (at < count) setImmediate(slice);
    else busy--;
  };
  slice();
}

const results: Data["returned"][] = [];
const kilobyte = Buffer.alloc(1000, "p");

export const program: Program = {
  options: {
    fetch(request: Request, server: RunningServer) {
      const returned = { sent: 0, waits: 0, dropped: 0 };
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
  answer(question, data, server) {
    if (question === "busy") return busy;
    if (question === "descriptors") return readdirSync("/proc/self/fd").length - 1;
    if (question === "returned") return results;
    if (question === "publish") inSlices(Number(data), () => server.publish(TOPIC, kilobyte));
    return null;
  },
};
