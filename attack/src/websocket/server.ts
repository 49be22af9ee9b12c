// Runs programs, one after the other: `node server.js plain|ours`, or `bun server.js`. It reads questions and writes replies,
// each a line of JSON. It dies of every uncaught error, as a server would: it has no listeners for them.
import { readdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { Interpreter, type Publisher, type Socket } from "./interpreter.ts";
import { OwnTurns } from "./own-turns.ts";
import { END_CODE, type Program, type ServerReport, TOPICS } from "./program.ts";

/** Milliseconds in which a program comes to rest, and its sockets close. */
const REST_LIMIT = 8_000;
/** Turns after which a pong is no longer awaited. */
const PONG_TURNS = 20;

interface Server extends Publisher {
  readonly port?: number;
  readonly pendingWebSockets: number;
  upgrade(request: Request, options: { data: unknown }): boolean;
  subscriberCount(topic: string): number;
  stop(force: boolean): unknown;
}
type Serve = (options: unknown) => Server;

if (process.argv[2] === "plain") process.env["MANTOU_GLOBALS"] = "0";
const { Bun } = globalThis as { Bun?: { serve: Serve } };
const serve = Bun?.serve ?? ((await import("@mantou/serve")).serve as unknown as Serve);

let server: Server;
let interpreter: Interpreter;
const turns = new OwnTurns(() => interpreter?.ownTime ?? 0);
let descriptors = 0;
let path: string | undefined;

/** @returns where it listens */
function start(program: Program, socketPath: string): number | string {
  const { backpressureLimit, closeOnBackpressureLimit, perMessageDeflate, publishToSelf, unix } =
    program.options;
  descriptors = openDescriptors();
  path = unix ? socketPath : undefined;
  server = serve({
    ...(unix ? { unix: socketPath } : { hostname: "127.0.0.1", port: 0 }),
    development: false,
    fetch: (request: Request) => {
      const client = Number(request.headers.get("x-client"));
      return server.upgrade(request, { data: { client } }) ? undefined : new Response("", { status: 400 });
    },
    websocket: {
      // Handlers are looked up when they run.
      open: (ws: Socket) => interpreter.handlers.open(ws),
      message: (ws: Socket, data: string) => interpreter.handlers.message(ws, data),
      drain: (ws: Socket) => interpreter.handlers.drain(ws),
      close: (ws: Socket, code: number) => interpreter.handlers.close(ws, code),
      ping: (ws: Socket, data: Uint8Array) => interpreter.handlers.ping(ws, data),
      pong: (ws: Socket, data: Uint8Array) => interpreter.handlers.pong(ws, data),
      ...(backpressureLimit === undefined ? {} : { backpressureLimit }),
      closeOnBackpressureLimit,
      perMessageDeflate,
      publishToSelf,
    },
  });
  interpreter = new Interpreter(program, server);
  turns.reset();
  return unix ? socketPath : server.port!;
}

/** Resolves when received bytes are handled, deferred blocks have run, and clients that read have sent their pongs. */
async function sync(): Promise<void> {
  for (let turn = 0; turn < 2 || interpreter.outstanding > 0 || interpreter.pongsDue > 0; turn++) {
    await nextTurn();
    if (turn >= PONG_TURNS) interpreter.pongsDue = 0;
  }
}

/** Waits until all sent bytes have been taken, and reports that before the sockets close. */
async function rest(): Promise<{ rested: boolean; subscribers: Record<string, number> }> {
  for (const ws of interpreter.sockets) ws?.resume?.();
  const limit = performance.now() + REST_LIMIT;
  // Several times in a row: a drain may send more.
  let quiet = 0;
  while (quiet < 4 && performance.now() < limit) {
    await nextTurn();
    const isQuiet = interpreter.outstanding === 0 && open().every((ws) => ws.getBufferedAmount() === 0);
    quiet = isQuiet ? quiet + 1 : 0;
  }
  const subscribers = Object.fromEntries(TOPICS.map((topic) => [topic, server.subscriberCount(topic)]));
  interpreter.log.push({ mark: "rest" });
  for (const ws of open()) ws.close(END_CODE, "");
  return { rested: quiet >= 4, subscribers };
}

/** The sockets are gone. */
async function finish(rested: Awaited<ReturnType<typeof rest>>): Promise<ServerReport> {
  const limit = performance.now() + REST_LIMIT;
  while (server.pendingWebSockets > 0 && performance.now() < limit) await nextTurn();
  await sync();
  const { pendingWebSockets } = server;
  const subscribersLeft = TOPICS.reduce((sum, topic) => sum + server.subscriberCount(topic), 0);
  const longestTurn = Math.max(turns.longest, interpreter.longestCall);
  server.stop(true);
  if (path !== undefined) rmSync(path, { force: true });
  while (openDescriptors() > descriptors && performance.now() < limit) await nextTurn();
  return {
    ...rested,
    log: interpreter.log,
    subscribersLeft,
    pendingWebSockets,
    descriptors: openDescriptors() - descriptors,
    longestTurn,
  };
}

function open(): Socket[] {
  return interpreter.sockets.filter((ws) => ws?.readyState === 1);
}

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Timers, then received bytes, then immediates. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(() => setImmediate(resolve), 1));
}

let rested: Awaited<ReturnType<typeof rest>>;

async function reply(question: string, data: never): Promise<unknown> {
  if (question === "start") return start(...(data as [Program, string]));
  if (question === "run") return interpreter.run(data, interpreter.sockets.find((ws) => ws !== undefined)!);
  if (question === "rest") {
    rested = await rest();
    return null;
  }
  return question === "finish" ? finish(rested) : sync();
}

const input = createInterface({ input: process.stdin });
input.on("line", async (line) => {
  const [question, data] = JSON.parse(line) as [string, never];
  process.stdout.write(`${JSON.stringify((await reply(question, data)) ?? null)}\n`);
});
input.on("close", () => process.exit());
process.stdout.write('"ready"\n');
