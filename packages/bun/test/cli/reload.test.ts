import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { CommandFolder, ended, get, listening, printed } from "../support/command.ts";

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

  it("--hot runs CommonJS again, too", async () => {
    folder.write(
      "server.cjs",
      'module.exports = { port: 0, fetch: () => new Response(require("./word.cjs")) };',
    );
    folder.write("word.cjs", 'module.exports = "one";');
    const running = folder.mantou("--hot", "server.cjs");
    const url = await listening(running);
    expect(await get(url)).toBe("one");
    folder.write("word.cjs", 'module.exports = "two";');
    await until(async () => (await get(url)) === "two", "reloaded");
  });

  it("--watch starts the program again when a file changes", async () => {
    folder.write(
      "server.mjs",
      'import { word } from "./word.mjs"; export default { port: 0, fetch: () => new Response(word + process.pid) };',
    );
    folder.write("word.mjs", 'export const word = "one ";');
    const running = folder.mantou("--watch", "server.mjs");
    const first = await get(await listening(running));
    expect(first).toMatch(/^one \d+$/);
    folder.write("word.mjs", 'export const word = "two ";');
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
});
