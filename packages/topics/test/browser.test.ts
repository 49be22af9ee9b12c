import { readdirSync, readFileSync } from "node:fs";
import { type Server, type ServerWebSocket, serve } from "@mantou/serve/plain";
import { BROWSER_ARGS, findBrowser } from "@mantou/testing/browser";
import { until } from "@mantou/testing/wait";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const executablePath = findBrowser("the tests of @mantou/topics in a browser");

/** A page whose log survives a reload, as its positions do. */
const PAGE = `<!doctype html><title>log</title><script type="module">
import { TopicSocket } from "/topics/index.js";
const log = JSON.parse(sessionStorage.getItem("log") ?? "[]");
function show(line) {
  log.push(line);
  sessionStorage.setItem("log", JSON.stringify(log));
}
globalThis.log = log;
globalThis.live = 0;
const socket = (globalThis.socket = new TopicSocket("/ws", { positions: sessionStorage }));
socket.on("message", ({ data }) => show(typeof data === "string" ? data : "bytes " + data.join()));
socket.on("gap", () => show("|"));
socket.on("live", () => live++);
</script>`;

const dist = new URL("../dist/", import.meta.url);
const modules = Object.fromEntries(
  readdirSync(dist)
    .filter((name) => name.endsWith(".js"))
    .map((name) => {
      const headers = { "content-type": "text/javascript" };
      return [`/topics/${name}`, new Response(readFileSync(new URL(name, dist)), { headers })];
    }),
);

describe.runIf(executablePath !== null)("in a browser", () => {
  const sockets = new Set<ServerWebSocket>();
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    server = serve({
      port: 0,
      hostname: "127.0.0.1",
      topics: { room: { history: { size: 100, seconds: 60 } } },
      routes: {
        "/": () => new Response(PAGE, { headers: { "content-type": "text/html" } }),
        "/ws": (request, it) => (it.upgrade(request) ? undefined : new Response(null, { status: 426 })),
        ...modules,
      },
      websocket: {
        open(ws) {
          sockets.add(ws);
          ws.subscribe("room");
        },
        message: (ws, message) => void ws.publish("room", message),
        close: (ws) => void sockets.delete(ws),
      },
    });
    browser = await chromium.launch({ executablePath: executablePath!, args: [...BROWSER_ARGS] });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop(true);
  });

  const logOf = (page: Page): Promise<string[]> => page.evaluate("log");
  const shows = (page: Page, count: number): Promise<void> =>
    until(async () => (await logOf(page)).length >= count, `${count} messages`);

  it("misses nothing and shows nothing twice: reloads, breaks, a network that goes and comes, two tabs", async () => {
    const context = await browser.newContext();
    const [first, second] = [await context.newPage(), await context.newPage()];
    for (const page of [first, second]) {
      await page.goto(server.url.href);
      await page.waitForFunction("globalThis.live === 1");
    }
    server.publish("room", "one");
    server.publish("room", new Uint8Array([2, 10, 0]));
    await Promise.all([shows(first, 2), shows(second, 2)]);

    // While a page is away: a reload.
    await first.goto("about:blank");
    server.publish("room", "three");
    await first.goto(server.url.href);
    await Promise.all([shows(first, 3), shows(second, 3)]);

    // A break, and what a page says itself.
    await second.evaluate("socket.send('from the second')");
    await shows(first, 4);
    for (const ws of sockets) ws.terminate();
    server.publish("room", "five");
    await Promise.all([shows(first, 5), shows(second, 4)]);

    // The network goes, and attempts fail; when it is back, the next one is not half a minute away.
    await context.setOffline(true);
    for (const ws of sockets) ws.terminate();
    await until(() => sockets.size === 0, "no connection");
    server.publish("room", "six");
    await context.setOffline(false);
    await Promise.all([shows(first, 6), shows(second, 5)]);

    const all = ["one", "bytes 2,10,0", "three", "from the second", "five", "six"];
    expect(await logOf(first)).toEqual(all);
    expect(await logOf(second)).toEqual(all.filter((line) => line !== "from the second"));
    await context.close();
  });
});
