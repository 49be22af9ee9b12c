import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { CommandFolder, ended, get, listening, printed, type Running } from "../support/command.ts";

const folder = new CommandFolder();

describe("mantou that reloads", () => {
  it("--hot runs changed files again, keeps connections, and goes on with the old ones if the new ones fail", async () => {
    const program = (name: string): string =>
      `import { word } from "./lib/word.ts";
       import { serve } from "bun";
       export const own = serve({ port: 0, id: "own", fetch: () => new Response("own " + word) });
       export default {
         port: 0,
         fetch: (request, server) => server.upgrade(request) ? undefined : new Response("${name} " + word + " " + own.port),
         websocket: { message(ws) { ws.send("${name} " + word); } },
       };`;
    folder.write("server.ts", program("first"));
    folder.write("lib/word.ts", 'export const word: string = "one";');
    const running = folder.mantou("--hot", "server.ts");
    const url = await listening(running);
    const before = await get(url);
    expect(before).toMatch(/^first one \d+$/);
    const port = before.split(" ")[2];
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(url.replace("http", "ws"));
    const received: string[] = [];
    socket.on("message", (data) => received.push(String(data)));
    await new Promise((resolve) => socket.once("open", resolve));
    folder.write("lib/word.ts", 'export const word: string = "two";');
    await printed(running, "Reloaded");
    await until(async () => (await get(url)) === `first two ${port}`, "reloaded");
    expect(await get(`http://127.0.0.1:${port}/`)).toBe("own two");
    folder.write("server.ts", "this is no TypeScript");
    await printed(running, "Not reloaded");
    expect(await get(url)).toBe(`first two ${port}`);
    folder.write("server.ts", program("second"));
    await until(async () => (await get(url)) === `second two ${port}`, "reloaded again");
    socket.send("?");
    await until(() => received.length === 1, "a reply on the old connection");
    expect(received).toEqual(["second two"]);
    socket.terminate();
  });

  it("--hot runs CommonJS again, too, and ends with the reader of its output", async () => {
    folder.write(
      "server.cjs",
      `module.exports = { port: 0, fetch() { console.error("asked"); return new Response(require("./word.cjs")); } };`,
    );
    folder.write("word.cjs", 'module.exports = "one";');
    const running = folder.mantou("--hot", "server.cjs");
    const url = await listening(running);
    expect(await get(url)).toBe("one");
    folder.write("word.cjs", 'module.exports = "two";');
    await until(async () => (await get(url)) === "two", "reloaded");
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    await get(url).catch(() => {});
    await until(() => running.child.exitCode === 1, "the end");
  });

  it("--hot waits for a program that fails, and sees each kind of file, wherever it is", async () => {
    const program = `import { later } from "./later";
      import data from "../data/x.json";
      import settings from "./settings.toml";
      import { Page } from "./page.tsx";
      import { linked } from "linked";
      import { count } from "counting";
      globalThis.runs = (globalThis.runs ?? 0) + 1;
      process.on("SIGUSR2", () => { throw new Error("late"); });
      export default { port: 0, fetch: () =>
        Response.json([later, data.v, settings.v, Page.v, linked, count(), globalThis.runs, import.meta.url.slice(-7)]) };`;
    folder.write("app/main.ts", program);
    folder.write("app/first.ts", "export {};");
    folder.write("app/bunfig.toml", 'preload = "./first.ts"');
    folder.write("data/x.json", '{ "v": 1 }');
    folder.write("app/settings.toml", "v = 1");
    folder.write("app/page.tsx", "export const Page = { v: 1, element: () => <a /> };");
    folder.write("package/index.ts", "export const linked: number = 1;");
    folder.link("app/node_modules/linked", "../../package");
    folder.write("app/node_modules/counting/index.js", "let counted = 0; exports.count = () => ++counted;");
    folder.write(
      "app/node_modules/react/jsx-dev-runtime.js",
      "exports.jsxDEV = () => ({}); exports.Fragment = {};",
    );
    const running = folder.mantou("--cwd", "app", "--hot", "main.ts");
    await printed(running, "Cannot find module './later'");
    folder.write("app/later.ts", "export const later = 1;");
    const url = await listening(running);
    // A dependency runs again with the program, as in Bun.
    const expected = [1, 1, 1, 1, 1, 1, 1, "main.ts"];
    expect(await (await fetch(url)).json()).toEqual(expected);
    const answers = async (...changed: [index: number, value: unknown][]): Promise<void> => {
      for (const [index, value] of changed) expected[index] = value as number;
      expected[6] = Number(expected[6]) + 1;
      await until(async () => (await get(url)) === JSON.stringify(expected), JSON.stringify(expected));
    };
    folder.write("data/x.json", '{ "v": 2 }');
    await answers([1, 2]);
    folder.write("app/settings.toml", "v = 2");
    await answers([2, 2]);
    folder.write("app/page.tsx", "export const Page = { v: 2, element: () => <b /> };");
    await answers([3, 2]);
    folder.write("package/index.ts", "export const linked: number = 2;");
    await answers([4, 2]);
    folder.write("app/first.ts", "export {}; // changed");
    await answers();
    folder.write("app/page.tsx", "export const = 3;");
    await printed(running, "page.tsx:1:14");
    running.child.kill("SIGUSR2");
    await printed(running, "Error: late");
    expect((await fetch(url)).status).toBe(200);
    folder.write("app/page.tsx", "export const Page = { v: 4 };");
    await until(async () => (await get(url)).includes("[1,2,2,4,2,1,"), "mended");
  });

  it("--watch starts the program again when a file changes, and the last good one goes on until a fault is mended", async () => {
    folder.write(
      "server.mjs",
      `import { word } from "./word.mjs";
       import settings from "./settings.yaml";
       process.on("SIGTERM", () => { console.log("cleaned up"); process.exit(); });
       export default { port: 0, fetch: () => new Response(word + settings.v + typeof process.send + process.pid) };`,
    );
    folder.write("settings.yaml", "v: 1");
    const running = folder.mantou("--watch", "server.mjs");
    await printed(running, "Cannot find module './word.mjs'");
    folder.write("word.mjs", 'export const word = "one";');
    const first = await get(await listening(running));
    expect(first).toMatch(/^one1undefined\d+$/);
    folder.write("word.mjs", 'import "./none.mjs"; export const word = "two";');
    await printed(running, "Cannot find module './none.mjs'");
    folder.write("settings.yaml", "v: [");
    await printed(running, "settings.yaml:");
    expect(await get(latest(running))).toBe(first);
    folder.write("none.mjs", "");
    folder.write("settings.yaml", "v: 2");
    await printed(running, "Listening on", 2);
    expect(running.output).toContain("cleaned up");
    const second = await get(latest(running));
    expect(second).toMatch(/^two2undefined\d+$/);
    expect(second.slice(13)).not.toBe(first.slice(13));
    folder.write("word.mjs", "console.log('exits'); process.exit(3);");
    expect(await ended(running)).toBe(3);
  });
});

/** The address that it has printed last. */
function latest(running: Running): string {
  return running.output
    .match(/Listening on (\S+)/g)!
    .at(-1)!
    .slice("Listening on ".length);
}
