import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "@mantou/testing/wait";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
let folder = "";
const children = new Set<ChildProcess>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mantou-cli-"));
});

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, source: string): void => writeFileSync(join(folder, name), source);

/** A running `mantou`, what it has printed, and how it ended. */
function mantou(...args: string[]) {
  const env = { ...process.env, NODE_NO_WARNINGS: "1" };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env });
  children.add(child);
  const state = { child, output: "", code: undefined as number | null | undefined };
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (bytes) => (state.output += String(bytes)));
  child.on("close", (code) => {
    state.code = code;
  });
  return state;
}

type Running = ReturnType<typeof mantou>;

/** The address that it announces. */
async function listening(running: Running): Promise<string> {
  const found = (): string | undefined => /Listening on (\S+)/.exec(running.output)?.[1];
  await until(() => found() !== undefined || running.code !== undefined, "listening");
  expect(found(), running.output).toBeDefined();
  return found()!;
}

const printed = (running: Running, text: string, times = 1): Promise<void> =>
  until(() => running.output.split(text).length > times, `${text}, ${times} times`);

const ended = async (running: Running): Promise<number | null> => {
  await until(() => running.code !== undefined, "ended");
  return running.code!;
};

const get = async (url: string): Promise<string> => (await fetch(url)).text();

describe("mantou", () => {
  it("serves a TypeScript module's default export, with Bun's names, its arguments, and the given port and host", async () => {
    write(
      "server.ts",
      `import { file, serve, sleep, Cookie } from "bun";
       import { greet } from "./greet.ts";
       const parts: string[] = [typeof serve, typeof file, typeof sleep, typeof Cookie, process.argv.slice(2).join()];
       export default {
         routes: { "/parts": Response.json(parts) },
         fetch: (request: Request): Response => new Response(greet(new URL(request.url).pathname)),
       } satisfies object;`,
    );
    write("greet.ts", 'export function greet(name: string): string { return ("hello " + name) as string; }');
    const running = mantou("server.ts", "--port=0", "--hostname", "127.0.0.1", "--", "--x", "y");
    const url = await listening(running);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await get(`${url}a`)).toBe("hello /a");
    expect(JSON.parse(await get(`${url}parts`))).toEqual([
      "function",
      "function",
      "function",
      "function",
      "--x,y",
    ]);
  });

  it("finds modules that are named without their ending, or as what TypeScript makes of them, as Bun does", async () => {
    mkdirSync(join(folder, "routes"));
    mkdirSync(join(folder, "node_modules", "bundled", "lib"), { recursive: true });
    write(
      "server.ts",
      `import { a } from "./a";
       import { b } from "./routes";
       import { c } from "./c.js";
       import { d } from "bundled";
       export default { fetch: (): Response => new Response([a, b, c, d].join()) };`,
    );
    write("a.ts", 'export const a: string = "a";');
    write("routes/index.ts", 'export { b } from "./b";');
    write("routes/b.ts", 'export const b: string = "b";');
    write("c.ts", 'export const c: string = "c";');
    write("node_modules/bundled/package.json", '{"name":"bundled","type":"module","main":"./lib"}');
    write("node_modules/bundled/lib/index.js", 'export { d } from "./d";');
    write("node_modules/bundled/lib/d.js", 'export const d = "d";');
    expect(await get(await listening(mantou("server.ts", "--port=0")))).toBe("a,b,c,d");
    write("missing.ts", 'import "./nowhere"; export default {};');
    const failed = mantou("missing.ts");
    expect(await ended(failed)).toBe(1);
    expect(failed.output).toContain("nowhere");
  });

  it.each([
    "ts",
    "js",
  ])('reads a .%s file with import as an ES module, as Bun does, also where package.json says "commonjs"', async (ending) => {
    // `npm init -y` writes that.
    write("package.json", '{"type":"commonjs"}');
    write(
      `server.${ending}`,
      `import { a } from "./a.${ending}";
         import b from "./b.${ending}";
         export default { fetch: () => new Response(a + b.b) };`,
    );
    write(`a.${ending}`, 'export const a = "a";');
    write(`b.${ending}`, 'module.exports = { b: "b" };');
    expect(await get(await listening(mantou(`server.${ending}`, "--port=0")))).toBe("ab");
  });

  it("runs a program that calls Bun.serve itself", async () => {
    write(
      "server.js",
      `const s = Bun.serve({ port: 0, fetch: () => new Response("js") }); console.log("Listening on " + s.url);`,
    );
    expect(await get(await listening(mantou("server.js")))).toBe("js");
  });

  it("responds to requests under way when it is interrupted, and closes WebSockets", async () => {
    write(
      "server.mjs",
      `export default {
         port: 0,
         fetch: (request, server) => server.upgrade(request) ? undefined :
           new Promise((resolve) => { console.log("asked"); setTimeout(() => resolve(new Response("late")), 300); }),
         websocket: { open() { console.log("opened"); }, close(ws, code) { console.log("closed " + code); } },
       };`,
    );
    const running = mantou("server.mjs");
    const url = await listening(running);
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(url.replace("http", "ws"));
    await printed(running, "opened");
    const body = get(url);
    await printed(running, "asked");
    running.child.kill("SIGINT");
    expect(await body).toBe("late");
    expect(await ended(running)).toBe(0);
    expect(running.output).toContain("closed 1001");
    socket.terminate();
  });

  it("serves a default export that has more than options, and an application whose methods are its class's", async () => {
    write("more.mjs", 'export default { fetch: () => new Response("more"), scheduled() {}, name: "x" };');
    expect(await get(await listening(mantou("more.mjs", "--port=0")))).toBe("more");
    write("app.mjs", 'class App { fetch() { return new Response("app"); } } export default new App();');
    const app = mantou("app.mjs", "--port=0", "--hostname=127.0.0.1");
    expect(await get(await listening(app))).toBe("app");
  });

  it("takes TypeScript for what it is, ECMAScript's modules or CommonJS", async () => {
    const required = 'const { sep }: { sep: string } = require("node:path");';
    const imported = 'import { sep } from "node:path";';
    for (const [name, source] of [
      ["a.cts", `${required} module.exports = { fetch: () => new Response(sep) };`],
      ["b.ts", `${required} module.exports = { fetch: () => new Response(sep) };`],
      ["c.ts", `${imported} export default { fetch: () => new Response(sep as string) };`],
      ["d.mts", `${imported} export default { fetch: () => new Response(sep as string) };`],
      [
        "e.ts",
        "await 0; Bun.serve({ port: 0, fetch: () => new Response('/') }); console.log('Listening on http://-/');",
      ],
    ] as const) {
      write(name, source);
      const running = mantou(name, "--port=0");
      const url = await listening(running);
      if (name !== "e.ts") expect(await get(url), name).toBe("/");
      running.child.kill("SIGTERM");
    }
  });

  it("leaves signals to a program that listens to them", async () => {
    write(
      "server.mjs",
      `process.on("SIGTERM", () => setTimeout(() => { console.log("cleaned up"); process.exit(5); }, 100));
       export default { port: 0, fetch: () => new Response("x") };`,
    );
    const running = mantou("server.mjs");
    await listening(running);
    running.child.kill("SIGTERM");
    expect(await ended(running)).toBe(5);
    expect(running.output).toContain("cleaned up");
  });

  it("without a request under way ends at once, with the signal's code", async () => {
    write("waits.mjs", 'console.log("waiting"); setInterval(() => {}, 1000);');
    for (const [signal, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ] as const) {
      const running = mantou("waits.mjs");
      await printed(running, "waiting");
      running.child.kill(signal);
      expect(await ended(running)).toBe(code);
    }
  });

  it("ends with a program that throws, also if it has started a server", async () => {
    write("late.mjs", 'Bun.serve({ port: 0, fetch: () => new Response("x") }); throw new Error("too late");');
    const running = mantou("late.mjs");
    expect(await ended(running)).toBe(1);
    expect(running.output).toContain("too late");
  });

  it("--hot runs changed files again, keeps connections, and goes on with the old ones if the new ones fail", async () => {
    mkdirSync(join(folder, "lib"));
    const program = (name: string): string =>
      `import { word } from "./lib/word.ts";
       import { serve } from "bun";
       export const own = serve({ port: 0, id: "own", fetch: () => new Response("own " + word) });
       export default {
         port: 0,
         fetch: (request, server) => server.upgrade(request) ? undefined : new Response("${name} " + word + " " + own.port),
         websocket: { message(ws) { ws.send("${name} " + word); } },
       };`;
    write("server.ts", program("first"));
    write("lib/word.ts", 'export const word: string = "one";');
    const running = mantou("server.ts", "--hot");
    const url = await listening(running);
    const before = await get(url);
    expect(before).toMatch(/^first one \d+$/);
    const port = before.split(" ")[2];
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(url.replace("http", "ws"));
    const received: string[] = [];
    socket.on("message", (data) => received.push(String(data)));
    await new Promise((resolve) => socket.once("open", resolve));
    write("lib/word.ts", 'export const word: string = "two";');
    await printed(running, "Reloaded");
    await until(async () => (await get(url)) === `first two ${port}`, "reloaded");
    expect(await get(`http://127.0.0.1:${port}/`)).toBe("own two");
    write("server.ts", "this is no TypeScript");
    await printed(running, "Not reloaded");
    expect(await get(url)).toBe(`first two ${port}`);
    write("server.ts", program("second"));
    await until(async () => (await get(url)) === `second two ${port}`, "reloaded again");
    socket.send("?");
    await until(() => received.length === 1, "a reply on the old connection");
    expect(received).toEqual(["second two"]);
    socket.terminate();
  });

  it("--hot runs CommonJS again, too", async () => {
    write("server.cjs", 'module.exports = { port: 0, fetch: () => new Response(require("./word.cjs")) };');
    write("word.cjs", 'module.exports = "one";');
    const running = mantou("server.cjs", "--hot");
    const url = await listening(running);
    expect(await get(url)).toBe("one");
    write("word.cjs", 'module.exports = "two";');
    await until(async () => (await get(url)) === "two", "reloaded");
  });

  it("--watch starts the program again when a file changes", async () => {
    write(
      "server.mjs",
      'import { word } from "./word.mjs"; export default { port: 0, fetch: () => new Response(word + process.pid) };',
    );
    write("word.mjs", 'export const word = "one ";');
    const running = mantou("--watch", "server.mjs");
    const first = await get(await listening(running));
    expect(first).toMatch(/^one \d+$/);
    write("word.mjs", 'export const word = "two ";');
    await printed(running, "Listening on", 2);
    const second = await get(
      running.output
        .match(/Listening on (\S+)/g)!
        .at(-1)!
        .slice("Listening on ".length),
    );
    expect(second).toMatch(/^two \d+$/);
    expect(second.slice(4)).not.toBe(first.slice(4));
    running.child.kill("SIGINT");
    await ended(running);
  });

  it("says what is wrong, and fails", async () => {
    write("throws.mjs", 'throw new Error("steam");');
    for (const [args, code, message] of [
      [["nothing.ts"], 1, "does not exist"],
      [["throws.mjs"], 1, "steam"],
      [["throws.mjs", "--port", "x"], 2, "--port"],
      [[], 2, "a file is required"],
    ] as const) {
      const running = mantou(...args);
      expect(await ended(running)).toBe(code);
      expect(running.output).toContain(message);
    }
  });

  it("prints its help and its version", async () => {
    expect(execFileSync(process.execPath, [MAIN, "--help"], { encoding: "utf8" })).toContain("--hot");
    const { version } = (await import("../../package.json", { with: { type: "json" } })).default as {
      version: string;
    };
    expect(execFileSync(process.execPath, [MAIN, "--version"], { encoding: "utf8" })).toBe(`${version}\n`);
  });
});
