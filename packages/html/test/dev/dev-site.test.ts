import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { type ServeOptions, type Server, serve } from "@mantou/serve/plain";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect } from "@mantou/testing/raw-client";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { LOOPBACK, stopAfterTest } from "@mantou/testing/servers";
import { fill } from "@mantou/testing/temp-dir";
import { gate, until } from "@mantou/testing/wait";
import { describe, expect, it, vi } from "vitest";
import { htmlPage } from "../../src/index.ts";
import { get, HOT, hotPath, scripts } from "../support/hot.ts";
import { project } from "../support/projects.ts";

const { take } = captureErrors();

function start(options: ServeOptions): Server {
  return stopAfterTest(serve({ ...LOOPBACK, development: true, ...options } as ServeOptions));
}

const handshake = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

describe("a page in development", () => {
  it("is served at any path, by method, and by handlers, with what it loads", async () => {
    const dir = project();
    const [home, about] = [htmlPage(join(dir, "pages/index.html")), htmlPage(join(dir, "pages/about.html"))];
    const server = start({
      routes: {
        "/": home,
        "/deep/down": about,
        "/form": { GET: about, POST: () => new Response("posted") },
        "/members/*": (request: Request) =>
          request.headers.has("authorization") ? about : new Response("no", { status: 401 }),
        "/app/*": home,
      },
      fetch: () => new Response("else", { status: 404 }),
    });
    const first = await get(server, "/");
    expect(first.headers.get("content-type")).toBe("text/html;charset=utf-8");
    const [client, main] = scripts(first.text);
    expect((await get(server, client!)).headers.get("content-type")).toBe("text/javascript");
    expect((await get(server, main!)).text).toContain("const shown = word");
    const style = /href="([^"]+style\.css)"/.exec(first.text)![1]!;
    expect((await get(server, style, { headers: { Accept: "text/css" } })).text).toContain("rgb(1, 2, 3)");
    for (const path of ["/deep/down", "/form"])
      expect(scripts((await get(server, path)).text)).toEqual([client, main]);
    expect((await get(server, "/app/any/where")).text).toBe(first.text);
    expect((await get(server, "/members/1")).status).toBe(401);
    const member = await get(server, "/members/1", { headers: { Authorization: "x" } });
    expect(scripts(member.text)).toEqual([client, main]);
    expect((await get(server, "/form", { method: "POST" })).text).toBe("posted");
    expect((await get(server, "/else")).text).toBe("else");
    expect((await get(server, `${client!.slice(0, -"@vite/client".length)}nothing.ts`)).status).toBe(404);
  });

  it("shows each change without a restart, of the page and of modules", async () => {
    const dir = project();
    const server = start({ routes: { "/": htmlPage(join(dir, "pages/index.html")) } });
    const main = scripts((await get(server, "/")).text)[1]!;
    const word = main.replace("main.ts", "word.ts");
    expect((await get(server, word)).text).toContain('"first"');
    fill(dir, { "src/word.ts": 'export const word: string = "second";', "pages/index.html": "<p>changed" });
    await until(async () => (await get(server, word)).text.includes('"second"'), "the changed module");
    expect((await get(server, "/")).text).toContain("<p>changed");
  });

  it("has the configuration of its project", async () => {
    const dir = project({
      "vite.config.ts": `const word: string = "from the configuration";
        export default { plugins: [{ name: "word", transform: (code: string) => code.replace("WORD", word) }] };`,
      "src/word.ts": 'export const word: string = "WORD";',
    });
    const server = start({ routes: { "/": htmlPage(join(dir, "pages/index.html")) } });
    const main = scripts((await get(server, "/")).text)[1]!;
    expect((await get(server, main.replace("main.ts", "word.ts"))).text).toContain(
      '"from the configuration"',
    );
  });

  it("may stand in public/, beside what it loads", async () => {
    const dir = project({
      "public/index.html": '<script src="./app.ts"></script>',
      "public/app.ts": "let a: number = 1; export { a };",
    });
    const server = start({ routes: { "/": htmlPage(join(dir, "public/index.html")) } });
    expect((await get(server, scripts((await get(server, "/")).text)[1]!)).text).toContain("let a = 1");
  });

  it("gets files of public/ from there otherwise", async () => {
    const dir = project({
      "public/robots.txt": "none",
      "pages/index.html": '<link rel="help" href="/robots.txt">',
    });
    const server = start({ routes: { "/": htmlPage(join(dir, "pages/index.html")) } });
    const url = /href="([^"]+robots.txt)"/.exec((await get(server, "/")).text)![1]!;
    expect((await get(server, url)).text).toBe("none");
  });

  it("that is missing is named when the server starts; one that goes is an error of its request", async () => {
    const dir = project();
    const path = join(dir, "pages/gone.html");
    expect(() => start({ routes: { "/": htmlPage(path) } })).toThrow(path);
    expect(() => htmlPage(5 as never)).toThrow(TypeError);
    const server = start({ routes: { "/": htmlPage(join(dir, "pages/about.html")) } });
    rmSync(join(dir, "pages/about.html"));
    expect((await get(server, "/")).status).toBe(500);
    expect(String(take())).toContain("about.html");
  });

  it("shows a configuration that fails as an error of the request, until it is mended", async () => {
    const dir = project({ "vite.config.js": "throw new Error('no such option');" });
    const server = start({
      routes: { "/": htmlPage(join(dir, "pages/about.html")), "/else": new Response("else") },
    });
    expect((await get(server, "/")).status).toBe(500);
    // Vite says which file it is, then comes the error of the request.
    expect(String(take())).toContain("vite.config.js");
    expect(String(take())).toContain("no such option");
    expect((await get(server, "/else")).text).toBe("else");
    writeFileSync(join(dir, "vite.config.js"), "export default {};");
    expect((await get(server, "/")).status).toBe(200);
  });

  it("is watched as long as a server has it", async () => {
    const watchers = () => process.getActiveResourcesInfo().filter((name) => name === "FSEventWrap").length;
    await until(() => watchers() === 0, "the end of Vite for the tests before");
    const dir = project();
    const page = htmlPage(join(dir, "pages/about.html"));
    // One that cannot start has nothing.
    expect(() => start({ routes: { "/": page, "/gone": htmlPage(join(dir, "gone.html")) } })).toThrow("gone");
    const servers = [start({ routes: { "/": page } }), start({ routes: { "/": page } })];
    await get(servers[1]!, "/");
    await servers[0]!.stop();
    expect(watchers()).toBeGreaterThan(0);
    await servers[1]!.stop();
    await until(() => watchers() === 0, "the end of Vite");
  });

  it("whose server is asked for its first page while it stops gets 503, and no Vite that would keep the process alive", async () => {
    const watchers = () => process.getActiveResourcesInfo().filter((name) => name === "FSEventWrap").length;
    await until(() => watchers() === 0, "the end of Vite for the tests before");
    const page = htmlPage(join(project(), "pages/about.html"));
    const handed = gate();
    const server = start({ fetch: () => handed.promise.then(() => page) });
    const waiting = get(server, "/");
    await until(() => server.pendingRequests === 1, "the request");
    const stopped = server.stop();
    handed.open();
    expect((await waiting).status).toBe(503);
    await stopped;
    expect(watchers()).toBe(0);
  });

  it("that is transformed when its server stops, for longer than a stop waits, gets 503", async () => {
    const dir = project({
      "pages/inline.html": "<style>h1 { color: red }</style>",
      "vite.config.js": `
        let open;
        const closed = new Promise((resolve) => { open = resolve; });
        export default { plugins: [{
          name: "slow",
          enforce: "pre",
          configureServer(server) {
            const { close } = server;
            server.close = () => { setTimeout(open, 20); return close.call(server); };
          },
          transform: (_, id) => (id.includes("html-proxy") ? (globalThis.mantouSlow(), closed) : null),
        }] };`,
    });
    const transforming = gate();
    Object.assign(globalThis, { mantouSlow: transforming.open });
    const server = start({ routes: { "/": htmlPage(join(dir, "pages/inline.html")) } });
    const waiting = get(server, "/");
    await transforming.promise;
    await server.stop();
    expect((await waiting).status).toBe(503);
    Reflect.deleteProperty(globalThis, "mantouSlow");
  });

  it("of a plugin that cannot close lets the process live, also if a transformation has no end", async () => {
    const dir = project({
      "vite.config.js": `export default { plugins: [{
        name: "broken",
        configureServer(server) {
          const { close } = server;
          server.waitForRequestsIdle = () => new Promise(() => {});
          server.close = () => close.call(server).then(() => {
            globalThis.mantouClosed();
            throw new Error("cannot close");
          });
        },
      }] };`,
    });
    const closed = gate();
    Object.assign(globalThis, { mantouClosed: closed.open });
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const server = start({ routes: { "/": htmlPage(join(dir, "pages/about.html")) } });
    await get(server, "/");
    await server.stop();
    await closed.promise;
    // Node.js tells of a rejection behind the microtasks of its turn.
    await nextTurn();
    process.off("unhandledRejection", unhandled);
    Reflect.deleteProperty(globalThis, "mantouClosed");
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("leaves NODE_ENV as it is", async () => {
    const before = process.env["NODE_ENV"];
    const server = start({ routes: { "/": htmlPage(join(project(), "pages/about.html")) } });
    await get(server, "/");
    expect(process.env["NODE_ENV"]).toBe(before);
  });

  it("tells Chrome DevTools its folder, unless that is switched off", async () => {
    const path = "/.well-known/appspecific/com.chrome.devtools.json";
    const page = htmlPage(join(project(), "pages/about.html"));
    const server = start({ routes: { "/": page } });
    const { workspace } = JSON.parse((await get(server, path)).text);
    expect(workspace.root).toBe(process.cwd());
    expect(workspace.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const [host, status] of [
      ["localhost:3000", 200],
      ["evil.example", 404],
      ["127.0.0.1.evil.example", 404],
      ["localhost.evil.example", 404],
    ] as const) {
      const client = connect(server).write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect((await client.response()).status, host).toBe(status);
      client.destroy();
    }
    const without = { chromeDevToolsAutomaticWorkspaceFolders: false };
    expect((await get(start({ development: without, routes: { "/": page } }), path)).status).toBe(404);
  });
});

describe("the WebSocket of a page in development", () => {
  it("brings what has changed to the pages of all servers", async () => {
    const dir = project();
    const page = htmlPage(join(dir, "pages/index.html"));
    const servers = [start({ routes: { "/": page } }), start({ routes: { "/x": page } })];
    const sockets: RawWebSocket[] = [];
    for (const [index, server] of servers.entries()) {
      const { path } = await hotPath(server, index === 0 ? "/" : "/x");
      const socket = await RawWebSocket.open(server, { path, fields: [HOT, "Origin: http://test"] });
      expect(await socket.texts(1)).toEqual(['{"type":"connected"}']);
      sockets.push(socket);
    }
    const [, main] = scripts((await get(servers[0]!, "/")).text);
    await get(servers[0]!, main!);
    await get(servers[0]!, main!.replace("main.ts", "word.ts"));
    fill(dir, { "src/word.ts": 'export const word: string = "second";' });
    for (const socket of sockets) {
      const { type, updates } = JSON.parse((await socket.texts(1))[0]!);
      expect([type, updates[0].path, updates[0].acceptedPath]).toEqual([
        "update",
        "/src/main.ts",
        "/src/word.ts",
      ]);
    }
    fill(dir, { "src/word.ts": "export const word: = 5;" });
    await get(servers[0]!, main!.replace("main.ts", "word.ts?t=1"));
    take();
    for (const socket of sockets)
      await until(async () => (await socket.texts(1))[0]!.includes('"type":"error"'), "the error");
    // The other server's pages go on.
    const closing = sockets[1]!.closing();
    await servers[1]!.stop();
    expect((await closing).code).toBe(1001);
    fill(dir, { "pages/index.html": "<p>" });
    await until(async () => (await sockets[0]!.texts(1))[0]!.includes("full-reload"), "the reload");
  });

  it("is refused to other origins, and without the token of Vite's client", async () => {
    const server = start({ routes: { "/": htmlPage(join(project(), "pages/about.html")) } });
    const { path, base } = await hotPath(server);
    const own = "Origin: http://test";
    const asked = async (target: string, fields: readonly string[]) => {
      const { status, text } = await ask(server, `GET ${target}`, [...handshake, ...fields]);
      return `${status} ${text}`;
    };
    expect(await asked(path, [HOT, "Origin: http://evil.example"])).toBe("403 The page is of another origin");
    expect(await asked(path, [HOT, "Origin: null"])).toBe("403 The page is of another origin");
    expect(await asked(path, [HOT, `Origin: http://127.0.0.1:1`])).toBe("403 The page is of another origin");
    expect(await asked(base, [HOT, own])).toBe("403 The token is wrong");
    expect(await asked(base, [HOT])).toBe("403 The token is wrong");
    expect(await asked(`${path}x`, [HOT, own])).toBe("403 The token is wrong");
    expect(await asked(path, [own])).toBe("403 The subprotocol must be vite-hmr");
    const ping = "Sec-WebSocket-Protocol: vite-ping";
    expect(await asked(base, [ping, "Origin: http://evil.example"])).toBe(
      "403 The page is of another origin",
    );
    const socket = await RawWebSocket.open(server, { path: base, fields: [ping, own] });
    expect((await socket.closing()).code).toBe(1000);
    // Vite refuses names that are not this machine's: what they stand for may change (DNS rebinding).
    expect(await asked(`${base}@vite/client`, [])).toMatch(/^403 /);
  });

  it("brings the browser's console to the terminal with `console: true`", async () => {
    const printed: string[] = [];
    const dir = project({
      "vite.config.js": `export default { customLogger: {
        info: (text) => globalThis.mantouPrinted.push(text), warn: () => {}, warnOnce: () => {}, error: (text) => globalThis.mantouPrinted.push(text),
        clearScreen: () => {}, hasErrorLogged: () => false, hasWarned: false } };`,
    });
    Object.assign(globalThis, { mantouPrinted: printed });
    const server = start({
      development: { console: true },
      routes: { "/": htmlPage(join(dir, "pages/about.html")) },
    });
    const { base, path } = await hotPath(server);
    // Vite's client speaks of its connection by `debug`.
    const levels = /"logLevels":\[[^\]]*\]/.exec((await get(server, `${base}@vite/client`)).text)?.[0];
    expect(levels).toBe('"logLevels":["error","warn","info","log"]');
    const socket = await RawWebSocket.open(server, { path, fields: [HOT] });
    const data = { type: "log", data: { level: "log", message: "said in the browser" } };
    socket.text("not JSON").text("null");
    // What Vite cannot take is reported, and the page stays connected.
    socket.text(JSON.stringify({ type: "custom", event: "vite:forward-console", data: null }));
    socket.text(JSON.stringify({ type: "custom", event: "vite:forward-console", data }));
    await until(() => printed.some((line) => line.includes("said in the browser")), "the line");
    expect(String(take())).toMatch(/^TypeError/);
    // An error has its place in the source, and the line.
    await get(server, `${base}src/word.ts`);
    const stack = `Error: thrown in the browser\n    at here (http://test${base}src/word.ts:1:14)`;
    const error = { type: "error", data: { name: "Error", message: "thrown in the browser", stack } };
    socket.text(JSON.stringify({ type: "custom", event: "vite:forward-console", data: error }));
    await until(() => printed.some((line) => line.includes("thrown in the browser")), "the error");
    const last = stripVTControlCharacters(printed.at(-1)!);
    expect(last).toMatch(/> here src\/word\.ts:1:\d+\n[\s\S]*export const word: string = "first";/);
    Reflect.deleteProperty(globalThis, "mantouPrinted");
  });
});
