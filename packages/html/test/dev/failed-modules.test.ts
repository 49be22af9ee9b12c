import { join } from "node:path";
import { type ServeOptions, type Server, serve } from "@mantou/serve/plain";
import { captureErrors } from "@mantou/testing/errors";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { LOOPBACK, stopAfterTest } from "@mantou/testing/servers";
import { fill } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { htmlPage } from "../../src/index.ts";
import { get, HOT, hotPath, scripts } from "../support/hot.ts";
import { project } from "../support/projects.ts";

const { reports, take } = captureErrors();

function start(dir: string): Server {
  const routes = { "/": htmlPage(join(dir, "pages/index.html")) };
  return stopAfterTest(serve({ ...LOOPBACK, development: true, routes } as ServeOptions));
}

async function open(server: Server): Promise<RawWebSocket> {
  const { path } = await hotPath(server);
  const socket = await RawWebSocket.open(server, { path, fields: [HOT] });
  expect(await socket.texts(1)).toEqual(['{"type":"connected"}']);
  return socket;
}

const next = async (socket: RawWebSocket): Promise<{ type: string; err?: { id: string } }> =>
  JSON.parse((await socket.texts(1))[0]!);

describe("a module that fails when it is first loaded", () => {
  it.each([
    ["with a syntax error", "src/word.ts", { "src/word.ts": "export const word: string = ;" }, "src/word.ts"],
    [
      "with an import of what is not there",
      "src/main.ts",
      { "src/main.ts": 'import "./new.ts";' },
      "src/new.ts",
    ],
    [
      "as a style sheet",
      "src/style.css",
      { "src/style.css": "h1 { color: red; }} @import 'gone.css';" },
      "src/style.css",
    ],
  ])("%s has status 500, is shown in each page that loads it, and pages load again when it is mended", async (_, name, files, mended) => {
    const dir = project(files);
    const server = start(dir);
    const first = await open(server);
    const main = scripts((await get(server, "/")).text)[1]!;
    const url = main.replace("src/main.ts", name);
    const headers = { Accept: name.endsWith(".css") ? "text/css" : "*/*" };
    expect((await get(server, url, { headers })).status).toBe(500);
    expect(String(take())).toContain(name);
    const shown = await next(first);
    expect([shown.type, shown.err?.id]).toEqual(["error", expect.stringContaining(join(dir, name))]);
    // A page that has asked for the module, and is connected a moment later.
    expect((await next(await open(server))).type).toBe("error");
    expect((await next(await open(server))).type).toBe("error");
    fill(dir, { [mended]: name.endsWith(".css") ? "h1 { color: blue; }" : "export const word = 5;" });
    expect((await next(first)).type).toBe("full-reload");
    const later = await open(server);
    expect((await get(server, url, { headers })).status).toBe(200);
    // What is mended is shown to no page: the close frame is the next that comes.
    expect((await later.close(1000).closing()).code).toBe(1000);
    // Vite also reports what it transforms in advance.
    reports.length = 0;
  });
});
