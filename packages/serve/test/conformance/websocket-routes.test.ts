import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ReloadOptions, ServeOptions } from "../../src/api/server.ts";
import { start, startInternal } from "../support/servers.ts";

captureErrors();

const routes: ServeOptions["routes"] = {
  "/echo": { websocket: { message: (ws, message) => void ws.send(`echo ${message}`) } },
  "/named/:name": {
    websocket: { open: (ws) => void ws.send(`hello ${ws.data}`), maxPayloadLength: 5 },
    GET(request, server) {
      if (request.params["name"] === "nobody") return new Response("no", { status: 403 });
      return server.upgrade(request, { data: request.params["name"] as never })
        ? undefined
        : new Response("no");
    },
    POST: new Response("posted"),
  },
  "/server": (request, server) => (server.upgrade(request) ? undefined : new Response("no")),
};
const websocket: ServeOptions["websocket"] = { message: (ws, message) => void ws.send(`server ${message}`) };

describe("a route with websocket", () => {
  it("opens WebSockets with handlers of its own, without any function", async () => {
    const server = start({ routes } as ServeOptions);
    const client = await RawWebSocket.open(server, { path: "/echo" });
    client.text("1");
    expect(await client.texts(1)).toEqual(["echo 1"]);
    expect(server.pendingWebSockets).toBe(1);
  });

  it("responds with 426 to what is no handshake, and leaves other methods to fetch", async () => {
    const server = start({ routes, fetch: () => new Response("fetch") } as ServeOptions);
    const response = await ask(server, "GET /echo");
    expect([response.status, response.headers["upgrade"]]).toEqual([426, "websocket"]);
    expect((await ask(server, "POST /echo")).text).toBe("fetch");
    expect((await server.fetch("/echo")).status).toBe(426);
  });

  it("lets its function for GET decide, and give data", async () => {
    const server = start({ routes } as ServeOptions);
    const client = await RawWebSocket.open(server, { path: "/named/anna" });
    expect(await client.texts(1)).toEqual(["hello anna"]);
    expect((await ask(server, "GET /named/nobody")).status).toBe(403);
    expect((await ask(server, "POST /named/anna")).text).toBe("posted");
    client.text("123456");
    expect((await client.closing()).code).toBe(1009);
  });

  it("stands beside the server's own handlers, which other routes have, and shares its topics", async () => {
    const server = startInternal({
      routes: {
        ...routes,
        "/room": { websocket: { open: (ws) => void ws.subscribe("room") } },
      },
      websocket: { ...websocket, open: (ws) => void ws.subscribe("room") },
    } as ServeOptions);
    const [own, other] = [
      await RawWebSocket.open(server, { path: "/room" }),
      await RawWebSocket.open(server, { path: "/server" }),
    ];
    other.text("1");
    expect(await other.texts(1)).toEqual(["server 1"]);
    server.publish("room", "all");
    expect(await own.texts(1)).toEqual(["all"]);
    expect(await other.texts(1)).toEqual(["all"]);
  });

  it("keeps its handlers when the server's are reloaded", async () => {
    const server = startInternal({ routes, websocket } as ServeOptions);
    const own = await RawWebSocket.open(server, { path: "/echo" });
    const other = await RawWebSocket.open(server, { path: "/server" });
    await until(() => server.pendingWebSockets === 2, "both open");
    server.reload({
      routes,
      websocket: { message: (ws) => void ws.send("reloaded") },
    } as ReloadOptions<never>);
    own.text("1");
    other.text("1");
    expect(await own.texts(1)).toEqual(["echo 1"]);
    expect(await other.texts(1)).toEqual(["reloaded"]);
  });

  it.each([[5], [{ message: 5 }], [{ idleTimeout: "1" }]])("refuses %o before anything listens", (given) => {
    const options = { routes: { "/": { websocket: given } } } as unknown as ServeOptions;
    expect(() => start(options)).toThrow(TypeError);
  });
});
