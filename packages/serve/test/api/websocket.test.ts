import { Buffer } from "node:buffer";
import { describe, expectTypeOf, it } from "vitest";
import {
  Response,
  type Server,
  type ServerWebSocket,
  type serve,
  type WebSocketHandler,
} from "../../src/index.ts";

// What is tested here is what compiles: `pnpm types` is the test run. Nothing of it listens.

/** Takes what `serve` takes, and does nothing. */
const check: typeof serve = (() => ({})) as unknown as typeof serve;

describe("websocket", () => {
  it("data is inferred from websocket.data", () => {
    check({
      fetch(req, server) {
        expectTypeOf(server).toEqualTypeOf<Server<{ username: string }>>();
        server.upgrade(req, { data: { username: "a" } });
        server.upgrade(req, { data: { username: "a" }, headers: { "Set-Cookie": "a=1" } });
        // @ts-expect-error: the data is needed
        server.upgrade(req);
        // @ts-expect-error: also with headers
        server.upgrade(req, { headers: {} });
        // @ts-expect-error: and it is not any data
        server.upgrade(req, { data: { username: 1 } });
        return new Response();
      },
      websocket: {
        data: {} as { username: string },
        open(ws) {
          expectTypeOf(ws).toEqualTypeOf<ServerWebSocket<{ username: string }>>();
          expectTypeOf(ws.data.username).toBeString();
          // @ts-expect-error: there is no such member
          ws.data.name;
        },
        message(ws, message) {
          expectTypeOf(ws.data).toEqualTypeOf<{ username: string }>();
          expectTypeOf(message).toEqualTypeOf<string | Buffer>();
        },
        close(ws, code, reason) {
          expectTypeOf(ws.data).toEqualTypeOf<{ username: string }>();
          expectTypeOf(code).toBeNumber();
          expectTypeOf(reason).toBeString();
        },
        drain: (ws) => void expectTypeOf(ws.data.username).toBeString(),
        ping: (_ws, data) => void expectTypeOf(data).toEqualTypeOf<Buffer>(),
        error: (error) => void expectTypeOf(error).toEqualTypeOf<Error>(),
      },
    });
  });

  it("data is inferred in routes, too", () => {
    check({
      routes: {
        "/chat/:room": (req, server) => {
          if (server.upgrade(req, { data: { room: req.params.room } })) return;
          return new Response("no", { status: 400 });
        },
      },
      websocket: {
        data: {} as { room: string },
        message: (ws, message) => void ws.publish(ws.data.room, message),
      },
    });
  });

  it("without data none is taken", () => {
    check({
      fetch(req, server) {
        server.upgrade(req);
        server.upgrade(req, { headers: [["a", "1"]] });
        // @ts-expect-error: it is not declared
        server.upgrade(req, { data: 1 });
      },
      websocket: { message: (ws) => void expectTypeOf(ws.data).toBeUndefined() },
    });
  });

  it("data may be given as a type argument", () => {
    const handlers: WebSocketHandler<number> = {
      message: (ws, message) => void ws.send(String(ws.data) + String(message)),
    };
    const server = check<number>({
      fetch: (req, self) => void self.upgrade(req, { data: 1 }),
      websocket: handlers,
    });
    expectTypeOf(server).toEqualTypeOf<Server<number>>();
  });

  it("messages are text or bytes", () => {
    check({
      fetch() {},
      websocket: {
        message(ws) {
          ws.send("a");
          ws.send(Buffer.alloc(1), true);
          ws.send(new ArrayBuffer(1));
          ws.send(new DataView(new ArrayBuffer(1)));
          ws.sendText("a");
          // @ts-expect-error: bytes are no text
          ws.sendText(Buffer.alloc(1));
          // @ts-expect-error: text is no bytes
          ws.sendBinary("a");
          // @ts-expect-error: objects have to be made text
          ws.send({ a: 1 });
          expectTypeOf(ws.send("a")).toBeNumber();
          expectTypeOf(ws.cork((self) => self.send("a") > 0)).toBeBoolean();
          ws.binaryType = "uint8array";
          // @ts-expect-error: there is no such type
          ws.binaryType = "text";
        },
      },
    });
  });
});
