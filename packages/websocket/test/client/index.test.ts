import { describe, expect, expectTypeOf, it } from "vitest";
import * as client from "../../src/client/index.ts";

describe("@mantou/websocket/client", () => {
  it("exports the WebSocket, its events, and its errors", () => {
    expect(Object.keys(client).sort()).toEqual([
      "CLIENT_ERRORS",
      "ClientError",
      "CloseEvent",
      "ErrorEvent",
      "WebSocket",
    ]);
  });

  it("is typed as programs use it", () => {
    type Listened = Parameters<client.WebSocket["addEventListener"]>;
    expectTypeOf<Listened>().not.toBeAny();
    const use = (socket: client.WebSocket): void => {
      socket.addEventListener("close", function ({ code, wasClean }) {
        expectTypeOf(code).toEqualTypeOf<number>();
        expectTypeOf(wasClean).toEqualTypeOf<boolean>();
        expectTypeOf(this).toExtend<client.WebSocket>();
      });
      socket.addEventListener("error", ({ message, error }) => {
        expectTypeOf(message).toEqualTypeOf<string>();
        expectTypeOf(error).toEqualTypeOf<unknown>();
      });
      socket.addEventListener("anything", { handleEvent: () => {} }, { once: true });
      socket.onmessage = (event) => void JSON.parse(event.data);
      socket.onopen = null;
      socket.send(new SharedArrayBuffer(1));
    };
    expectTypeOf(use).parameter(0).toExtend<EventTarget>();
    expectTypeOf(client.WebSocket).toBeConstructibleWith("ws://h", ["a"]);
    expectTypeOf(client.WebSocket).toBeConstructibleWith(new URL("ws://h"), { headers: { a: "b" }, tls: {} });
    expectTypeOf(client.WebSocket.OPEN).toEqualTypeOf<1>();
  });
});
