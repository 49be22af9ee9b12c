import { createRequire } from "node:module";
import { LazyModule } from "../../base/lazy.ts";
import { fetch } from "../../fetch/fetch.ts";
import { makeNavigator } from "./navigator.ts";
import { addWebMembers } from "./web-members.ts";
import { makeWebSocket } from "./web-socket.ts";
import { Worker } from "./web-worker.ts";

const require = createRequire(import.meta.url);

/** Makes a global at its first use. It is a plain property from then on, unless nothing is made yet. */
function defineLazily(name: string, make: () => unknown): void {
  const define = (value: unknown): unknown => {
    if (value !== undefined)
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    return value;
  };
  Object.defineProperty(globalThis, name, { get: () => define(make()), set: define, configurable: true });
}

type WebSocketClient = typeof import("@mantou/websocket/client");

/** Undefined while it is being loaded: it asks what the platform has. */
function loadWebSocketClient(): WebSocketClient | undefined {
  try {
    return require("@mantou/websocket/client") as WebSocketClient;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_REQUIRE_CYCLE_MODULE") return undefined;
    throw error;
  }
}

/**
 * Names that are global in Bun and not in every supported Node.js: CloseEvent came with 23, ErrorEvent with 25; URLPattern with 24; `Worker` and `self` are in none. `hono/bun`
 * makes a CloseEvent.
 */
for (const name of ["CloseEvent", "ErrorEvent"] as const) {
  if (!(name in globalThis)) defineLazily(name, () => loadWebSocketClient()?.[name]);
}

/** That of Node.js, from 22 on, has no `ping()` and no `terminate()`, and ignores `tls` and `"nodebuffer"`. */
defineLazily("WebSocket", () => {
  const client = loadWebSocketClient();
  return client === undefined ? undefined : makeWebSocket(client.WebSocket);
});
for (const [name, value] of Object.entries({ Worker, self: globalThis })) {
  if (name in globalThis) continue;
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

defineLazily("navigator", makeNavigator);
addWebMembers(defineLazily);
// No Node.js has it.
defineLazily(
  "reportError",
  () => (require("./report-error.js") as typeof import("./report-error.ts")).reportError,
);
// Node.js has it since 24.
if (!("URLPattern" in globalThis)) {
  const load = (): unknown =>
    (require("urlpattern-polyfill/urlpattern") as { URLPattern: unknown }).URLPattern;
  defineLazily("URLPattern", load);
}

const direct = new LazyModule<typeof import("./direct-stream.ts")>("../global/web/direct-stream.js").function(
  "constructDirect",
);

/** The global `ReadableStream`: the platform's, which also takes Bun's direct sources. */
const ReadableStream = new Proxy(globalThis.ReadableStream, {
  construct(platform, args: [source?: { type?: unknown }, strategy?: object], newTarget): object {
    if (args[0]?.type !== "direct") return Reflect.construct(platform, args, newTarget) as object;
    return direct(platform, args[0] as never, args[1], newTarget as never);
  },
});
for (const [name, value] of Object.entries({ ReadableStream, fetch })) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
const consumers = new LazyModule<typeof import("./stream-methods.ts")>("../global/web/stream-methods.js");
// Bun's streams have them. They are loaded at the first call.
for (const name of ["text", "json", "bytes", "blob"] as const) {
  if (name in ReadableStream.prototype) continue;
  const consume = consumers.function(name);
  const value = {
    [name](this: ReadableStream): Promise<unknown> {
      return consume(this);
    },
  }[name];
  Object.defineProperty(ReadableStream.prototype, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}
const consoleLines = new LazyModule<typeof import("./console-lines.ts")>("../global/web/console-lines.js");
for (const [key, name] of [
  [Symbol.asyncIterator, "lines"],
  ["write", "write"],
] as const) {
  const value = consoleLines.function(name);
  if (!(key in console)) Object.defineProperty(console, key, { value, writable: true, configurable: true });
}
// A stream of the platform shows the global as its constructor.
Reflect.defineProperty(ReadableStream.prototype, "constructor", {
  value: ReadableStream,
  writable: true,
  configurable: true,
});
