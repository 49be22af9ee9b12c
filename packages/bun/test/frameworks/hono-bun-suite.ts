import type { serve as Serve, ServeOptions } from "@mantou/serve";
import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { OPCODE, RawWebSocket } from "@mantou/testing/raw-websocket";
import { LOOPBACK, stopAfterTest } from "@mantou/testing/servers";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { until } from "@mantou/testing/wait";
import { Hono } from "hono";
import type * as HonoBun from "hono/bun";
import { describe, expect, it } from "vitest";

/** `hono/bun`, run once in each mode. It asks for the global `Bun` when it is loaded, so it comes as an argument. */
export function honoBunSuite(serve: typeof Serve, hono: typeof HonoBun): void {
  const { createBunWebSocket, getBunServer, getConnInfo, serveStatic, upgradeWebSocket, websocket } = hono;
  const start = (options: Pick<ServeOptions, "fetch">) =>
    stopAfterTest(serve({ ...LOOPBACK, ...options } as ServeOptions));
  captureErrors();
  const dir = tempDir();
  fill(dir, { "index.html": "<h1>index</h1>", "a.css": "a{}", "sub/index.html": "<h1>sub</h1>" });

  describe("hono/bun", () => {
    it("knows the client's address, and the server", async () => {
      const app = new Hono();
      app.get("/address", (c) => c.json(getConnInfo(c).remote));
      app.get("/server", (c) => c.text(String(getBunServer<unknown>(c) === server)));
      const server = start({ fetch: app.fetch });
      expect(JSON.parse((await ask(server, "GET /address")).text)).toEqual({
        address: "127.0.0.1",
        addressType: "IPv4",
        port: expect.any(Number),
      });
      expect((await ask(server, "GET /server")).text).toBe("true");
    });

    it("serves files, and nothing outside of their folder", async () => {
      const app = new Hono();
      app.use("/style", serveStatic({ root: dir, path: "a.css" }));
      app.use("*", serveStatic({ root: dir, onFound: (_, c) => c.header("Cache-Control", "max-age=1") }));
      const server = start({ fetch: app.fetch });
      expect(await ask(server, "GET /a.css")).toMatchObject({
        status: 200,
        text: "a{}",
        headers: {
          "content-type": "text/css; charset=utf-8",
          "content-length": "3",
          "cache-control": "max-age=1",
        },
      });
      for (const [path, text] of [
        ["/style", "a{}"],
        ["/", "<h1>index</h1>"],
        ["/sub", "<h1>sub</h1>"],
      ] as const)
        expect((await ask(server, `GET ${path}`)).text, path).toBe(text);
      for (const path of ["/none", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd"])
        expect((await ask(server, `GET ${path}`)).status, path).toBe(404);
      expect(await ask(server, "GET /a.css", ["Range: bytes=1-1"])).toMatchObject({ status: 206, text: "{" });
    });

    it("upgrades to WebSockets, whose events are Hono's", async () => {
      const seen: unknown[] = [];
      const app = new Hono();
      app.get(
        "/ws/:room",
        upgradeWebSocket((c) => ({
          onOpen(event, ws) {
            ws.send(
              `${event.type} ${c.req.param("room")} ${ws.url?.pathname} ${ws.protocol} ${ws.readyState}`,
            );
          },
          onMessage({ data }, ws) {
            if (data === "throw") throw new Error("thrown");
            if (data === "close") ws.close(4001, "enough");
            else ws.send(data as string | ArrayBuffer);
          },
          onClose: ({ type, code, reason }) => void seen.push([type, code, reason]),
          onError: (event) => void seen.push([event.type, (event as Event & { error: Error }).error.message]),
        })),
      );
      const server = start({ fetch: app.fetch, websocket } as Pick<ServeOptions, "fetch">);
      expect((await ask(server, "GET /ws/tea")).status).toBe(404);
      const fields = ["Sec-WebSocket-Protocol: bun, pie"];
      const client = await RawWebSocket.open(server, { path: "/ws/tea", fields });
      expect(client.response.headers["sec-websocket-protocol"]).toBe("bun");
      expect(await client.texts(1)).toEqual(["open tea /ws/tea bun 1"]);
      expect(await client.text("echo").texts(1)).toEqual(["echo"]);
      // Only what was sent, not what lies next to it in memory.
      const payload = Buffer.from([1, 2, 3]);
      expect(await client.send(OPCODE.binary, payload).frame()).toEqual({ opcode: OPCODE.binary, payload });
      expect(await client.text("throw").text("close").closing()).toEqual({ code: 4001, reason: "enough" });
      await until(() => seen.length === 2, "closed");
      expect(seen).toEqual([
        ["error", "thrown"],
        ["close", 4001, "enough"],
      ]);
    });

    it("lets its sockets use topics, and createBunWebSocket gives the same handlers", async () => {
      const app = new Hono();
      const created = createBunWebSocket();
      expect(created.websocket).toBe(websocket);
      app.get(
        "/ws",
        created.upgradeWebSocket(() => ({
          onOpen: (_, ws) => void (ws.raw as { subscribe(topic: string): void }).subscribe("room"),
          onMessage: ({ data }) => void server.publish("room", `all: ${data}`),
        })),
      );
      const server = start({ fetch: app.fetch, websocket: created.websocket } as Pick<ServeOptions, "fetch">);
      const clients = [
        await RawWebSocket.open(server, { path: "/ws" }),
        await RawWebSocket.open(server, { path: "/ws" }),
      ];
      clients[0]!.text("hello");
      for (const client of clients) expect(await client.texts(1)).toEqual(["all: hello"]);
    });
  });
}
