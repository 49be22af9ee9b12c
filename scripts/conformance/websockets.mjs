// The WebSocket servers of docs/conformance-report.md, with the echoes of examples/conformance/websocket.
import { asgiServers, installedVersion, PYTHON, program, pythonVersion } from "./programs.mjs";

const REGISTER = ["--import", "@mantou/serve/register"];

/** @param nodes, bun and deno are runtimes of bench/, each with a binary and a version; null for one that could not be fetched */
export function websockets({ nodes, bun, deno }) {
  // The newest: ws is over node:http, and what that one does wrong is in the section of servers.
  const node = nodes.at(-1)?.binary ?? process.execPath;
  const mantou = (mode, args, env) =>
    program(`Mantou${mode}`, "this tree", process.execPath, () => [...args, "websocket/mantou.js"], { env });
  const stream = { MANTOU_TRANSPORT: "stream" };
  const python = (name, library, script) =>
    program(name, pythonVersion(library), PYTHON, () => [`websocket/${script}`]);
  return [
    mantou("", [], {}),
    mantou(", registered", REGISTER, {}),
    mantou(", over streams", [], stream),
    mantou(", registered, over streams", REGISTER, stream),
    program("ws", installedVersion("ws"), node, () => ["websocket/ws.js"]),
    program("Bun (uWebSockets)", bun?.version ?? null, bun?.binary, () => ["websocket/bun.js"]),
    program("Deno", deno?.version ?? null, deno?.binary, () => [
      "run",
      "--allow-net",
      "--allow-env",
      "websocket/deno.js",
    ]),
    python("websockets", "websockets", "websockets_echo.py"),
    python("aiohttp", "aiohttp", "aiohttp_echo.py"),
    python("Tornado", "tornado", "tornado_echo.py"),
    ...asgiServers("websocket.asgi_echo:app"),
    {
      name: "uWebSockets.js",
      version: null,
      why: "the npm registry does not have it, and it is a native addon",
    },
  ];
}
