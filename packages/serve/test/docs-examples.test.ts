/**
 * Examples of Bun's documentation run as they stand there, but for the import, for what the platform's types want said
 * (`as object`), and for files and the cookie parser, which are not built yet. What stands between two rules is from
 * oven-sh/bun, MIT License.
 */

import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { until } from "@mantou/testing/wait";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as Bun from "../src/index.ts";
import { Response } from "../src/index.ts";
import { openWs } from "./support/ws-client.ts";

captureErrors();

let logged: unknown[] = [];

beforeEach(() => {
  // The examples name no port.
  vi.stubEnv("BUN_PORT", "0");
  logged = [];
  vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => void logged.push(...values));
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the chat room", () => {
  function getUsernameFromReq(req: Request): string {
    return new URL(req.url).searchParams.get("name") ?? "nobody";
  }

  it("tells all clients of joining, speaking and leaving", async () => {
    // -----------------------------------------------------------------------------------------------------------------
    const server = Bun.serve({
      fetch(req, server) {
        const url = new URL(req.url);
        if (url.pathname === "/chat") {
          console.log(`upgrade!`);
          const username = getUsernameFromReq(req);
          const success = server.upgrade(req, { data: { username } });
          return success ? undefined : new Response("WebSocket upgrade error", { status: 400 });
        }

        return new Response("Hello world");
      },
      websocket: {
        // TypeScript: specify the type of ws.data like this
        data: {} as { username: string },
        open(ws) {
          const msg = `${ws.data.username} has entered the chat`;
          ws.subscribe("the-group-chat");
          server.publish("the-group-chat", msg);
        },
        message(ws, message) {
          // this is a group chat
          // so the server re-broadcasts incoming message to everyone
          server.publish("the-group-chat", `${ws.data.username}: ${message}`);

          // inspect current subscriptions
          console.log(ws.subscriptions); // ["the-group-chat"]
        },
        close(ws) {
          const msg = `${ws.data.username} has left the chat`;
          ws.unsubscribe("the-group-chat");
          server.publish("the-group-chat", msg);
        },
      },
    });

    console.log(`Listening on ${server.hostname}:${server.port}`);
    // -----------------------------------------------------------------------------------------------------------------
    expect((await ask(server, "GET /")).text).toBe("Hello world");
    expect((await ask(server, "GET /chat")).status).toBe(400);
    const ann = await openWs(server, "/chat?name=Ann");
    expect(await ann.take(1)).toEqual(["Ann has entered the chat"]);
    const bob = await openWs(server, "/chat?name=Bob");
    expect(await ann.take(1)).toEqual(["Bob has entered the chat"]);
    bob.socket.send("hello");
    expect(await ann.take(1)).toEqual(["Bob: hello"]);
    expect(await bob.take(2)).toEqual(["Bob has entered the chat", "Bob: hello"]);
    bob.socket.close();
    expect(await ann.take(1)).toEqual(["Bob has left the chat"]);
    expect(logged[0]).toBe(`Listening on localhost:${server.port}`);
    expect(logged.slice(-1)).toEqual([["the-group-chat"]]);
    await server.stop(true);
  });
});

describe("contextual data", () => {
  const saved: unknown[] = [];
  const getUserFromToken = (token: string) => ({ id: `user of ${token}` });
  const saveMessageToDatabase = async (message: unknown) => {
    saved.push(message);
  };
  const cookies = new Map([["X-Token", "secret"]]);

  it("goes from the request to the handlers", async () => {
    // -----------------------------------------------------------------------------------------------------------------
    type WebSocketData = {
      createdAt: number;
      channelId: string;
      authToken: string;
    };

    const server = Bun.serve({
      fetch(req, server) {
        server.upgrade(req, {
          // this object must conform to WebSocketData
          data: {
            createdAt: Date.now(),
            channelId: new URL(req.url).searchParams.get("channelId") ?? "general",
            authToken: cookies.get("X-Token") ?? "",
          },
        });

        return undefined;
      },
      websocket: {
        // TypeScript: specify the type of ws.data like this
        data: {} as WebSocketData,
        // handler called when a message is received
        async message(ws, message) {
          // ws.data is now properly typed as WebSocketData
          const user = getUserFromToken(ws.data.authToken);

          await saveMessageToDatabase({
            channel: ws.data.channelId,
            message: String(message),
            userId: user.id,
          });
        },
      },
    });
    // -----------------------------------------------------------------------------------------------------------------
    for (const path of ["/?channelId=news", "/"]) {
      const client = await openWs(server, path);
      client.socket.send(Buffer.from("hi"));
    }
    await until(() => saved.length === 2, "two messages");
    expect(saved).toContainEqual({ channel: "news", message: "hi", userId: "user of secret" });
    expect(saved).toContainEqual({ channel: "general", message: "hi", userId: "user of secret" });
    await server.stop(true);
  });
});

describe("handlers by method", () => {
  it("each serve their own", async () => {
    // -----------------------------------------------------------------------------------------------------------------
    const server = Bun.serve({
      routes: {
        "/api/posts": {
          // Different handlers per method
          GET: () => new Response("List posts"),
          POST: async (req) => {
            const post = (await req.json()) as object;
            return Response.json({ id: crypto.randomUUID(), ...post });
          },
          PUT: async (req) => {
            const updates = (await req.json()) as object;
            return Response.json({ updated: true, ...updates });
          },
          DELETE: () => new Response(null, { status: 204 }),
        },
      },
    });
    // -----------------------------------------------------------------------------------------------------------------
    const content = JSON.stringify({ title: "new" });
    const fields = ["Content-Type: application/json", `Content-Length: ${content.length}`];
    expect((await ask(server, "GET /api/posts")).text).toBe("List posts");
    const post = JSON.parse((await ask(server, "POST /api/posts", fields, content)).text) as object;
    expect(post).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), title: "new" });
    const put = JSON.parse((await ask(server, "PUT /api/posts", fields, content)).text) as object;
    expect(put).toEqual({ updated: true, title: "new" });
    expect((await ask(server, "DELETE /api/posts")).status).toBe(204);
    expect((await ask(server, "PATCH /api/posts")).status).toBe(404);
    await server.stop(true);
  });
});

describe("routes", () => {
  it("of all kinds stand beside each other", async () => {
    // -----------------------------------------------------------------------------------------------------------------
    const server = Bun.serve({
      // `routes` requires Bun v1.2.3+
      routes: {
        // Static routes
        "/api/status": new Response("OK"),

        // Dynamic routes
        "/users/:id": (req) => {
          return new Response(`Hello User ${req.params.id}!`);
        },

        // Per-HTTP method handlers
        "/api/posts": {
          GET: () => new Response("List posts"),
          POST: async (req) => {
            const body = (await req.json()) as object;
            return Response.json({ created: true, ...body });
          },
        },

        // Wildcard route for all routes that start with "/api/" and aren't otherwise matched
        "/api/*": Response.json({ message: "Not found" }, { status: 404 }),

        // Redirect from /blog/hello to /blog/hello/world
        "/blog/hello": Response.redirect("/blog/hello/world"),
      },

      // (optional) fallback for unmatched routes:
      // Required if Bun's version < 1.2.3
      fetch(_req) {
        return new Response("Not Found", { status: 404 });
      },
    });
    // -----------------------------------------------------------------------------------------------------------------
    expect((await ask(server, "GET /api/status")).text).toBe("OK");
    expect((await ask(server, "GET /users/42")).text).toBe("Hello User 42!");
    expect((await ask(server, "GET /api/posts")).text).toBe("List posts");
    const fields = ["Content-Type: application/json", "Content-Length: 7"];
    expect((await ask(server, "POST /api/posts", fields, '{"a":1}')).text).toBe('{"created":true,"a":1}');
    const missing = await ask(server, "GET /api/else");
    expect([missing.status, missing.text]).toEqual([404, '{"message":"Not found"}']);
    const redirect = await ask(server, "GET /blog/hello");
    expect([redirect.status, redirect.headers["location"]]).toEqual([302, "/blog/hello/world"]);
    expect((await ask(server, "GET /other")).text).toBe("Not Found");
    await server.stop(true);
  });
});
