// The clients of docs/conformance-report.md: the commands of examples/conformance/client, which stay for all trials.
import { cpSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { examples, installedVersion, PYTHON, pythonVersion, says, which } from "./programs.mjs";

/**
 * @param nodes, bun and deno are runtimes of bench/, each with a binary and a version; null for one that could not be fetched
 * @param axios a package that was fetched: its version and its folder, or null
 */
export function clients({ nodes, bun, deno, axios }) {
  const at = (script) => join(examples, "client", script);
  const command = (name, version, ...args) => ({ name, version, command: () => args });
  const python = (name, library, script) => command(name, pythonVersion(library), PYTHON, at(script));
  const chromium = which("chromium");
  const newest = nodes.at(-1)?.binary ?? process.execPath;
  return [
    ...nodes.map(({ binary, version }) =>
      command(`fetch and WebSocket of Node.js ${version.split(".")[0]}`, version, binary, at("fetch.js")),
    ),
    ...nodes.map(({ binary, version }) =>
      command(`node:http of Node.js ${version.split(".")[0]}`, version, binary, at("node-http.js")),
    ),
    command("undici", installedVersion("undici"), newest, at("undici.js")),
    {
      name: "axios",
      version: axios?.version ?? null,
      command: ({ folder }) => {
        // Its package is not among those of the workspace.
        cpSync(join(examples, "client"), folder, { recursive: true });
        cpSync(join(examples, "package.json"), join(folder, "package.json"));
        symlinkSync(dirname(axios.folder), join(folder, "node_modules"));
        return [newest, join(folder, "axios.js")];
      },
    },
    command("ws", installedVersion("ws"), newest, at("ws.js")),
    command("Mantou's WebSocket", "this tree", newest, at("mantou.js")),
    command("fetch and WebSocket of Bun", bun?.version ?? null, bun?.binary, at("fetch.js")),
    command(
      "fetch and WebSocket of Deno",
      deno?.version ?? null,
      deno?.binary,
      "run",
      "--allow-net",
      "--allow-env",
      at("fetch.js"),
    ),
    {
      ...command(
        "Chromium",
        says(chromium, ["--version"], /Chromium (\S+)/),
        process.execPath,
        at("browser.js"),
      ),
      // Each of its processes is a browser, which takes its time.
      limits: { concurrency: 2, timeout: 10_000 },
    },
    python("Python's http.client", null, "http_client.py"),
    python("aiohttp", "aiohttp", "aiohttp_client.py"),
    python("Tornado", "tornado", "tornado_client.py"),
    python("websockets", "websockets", "websockets_client.py"),
  ];
}
