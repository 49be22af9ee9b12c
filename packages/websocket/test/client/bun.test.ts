/** The real Bun: its server for our client, and the same servers for both clients. */

import { findBun, NO_BUN } from "@mantou/testing/bun";
import { describe, expect, it } from "vitest";
import { WebSocket, type WebSocketOptions } from "../../src/client/index.ts";
import { CLOSE, PING, PONG, TEXT } from "../../src/opcode.ts";
import { startBun } from "../bun.ts";
import { wire } from "../support.ts";
import { afterTest, type RawPeer, rawServer, record, until } from "./support.ts";

const bun = findBun();
const suite = describe.skipIf(bun === null);
const why = bun === null ? ` (${NO_BUN})` : "";

function started(name: string, ...args: string[]): { line(): Promise<unknown> } {
  const script = startBun(bun!, name, ...args);
  afterTest(() => script.child.kill());
  return script;
}

suite(`Bun's server and our client${why}`, () => {
  it.each<[string, object | boolean, WebSocketOptions]>([
    ["without compression", false, {}],
    ["with compression", true, {}],
    ["with compression that keeps a window", { compress: "dedicated", decompress: "32KB" }, {}],
    ["with compression that our client does not want", true, { perMessageDeflate: false }],
  ])("understand each other %s", async (_name, perMessageDeflate, options) => {
    const script = started("deflate-server.mjs", JSON.stringify([perMessageDeflate]));
    const [port] = (await script.line()) as number[];
    const client = new WebSocket(`ws://127.0.0.1:${port}/`, options);
    client.binaryType = "nodebuffer";
    const { events, closed } = record(client);
    await until(() => client.readyState === WebSocket.OPEN, "open");
    expect(client.extensions !== "").toBe(perMessageDeflate !== false && options.perMessageDeflate !== false);
    const messages = ["é", "", Buffer.of(1, 2), "x".repeat(200_000), Buffer.alloc(300_000, 7), "last"];
    const got: unknown[] = [];
    client.onmessage = ({ data }) => got.push(data);
    for (const message of messages) client.send(message);
    await until(() => got.length === messages.length, "the echoes");
    for (const [i, message] of messages.entries()) {
      expect(
        typeof message === "string" ? got[i] === message : message.equals(got[i] as Buffer),
        `${i}`,
      ).toBe(true);
    }
    client.close(4000, "thanks");
    expect((await closed).wasClean).toBe(true);
    expect(events.at(-1)).toBe('close 4000 "thanks" clean');
  });
});

/** A server's actions, and the reason if Bun's client has other events. */
interface Scenario {
  readonly serve: (peer: RawPeer) => Promise<void>;
  readonly argument?: string | string[] | { readonly [option: string]: unknown };
  readonly bun?: { readonly reason: string; readonly events: readonly string[] };
}

const frame = (opcode: number, payload = ""): Buffer =>
  wire("server", { opcode, payload: Buffer.from(payload, "latin1") });

/** Opens with these bytes, waits for the Close frame in response if `closes`, and closes the connection. */
const opens =
  (bytes: Buffer, closes = true, ...lines: string[]) =>
  async (peer: RawPeer): Promise<void> => {
    await peer.accept(bytes, ...lines);
    if (closes)
      await until(
        () => peer.ended || peer.closed || peer.frames.some(({ opcode }) => opcode === CLOSE),
        "the end",
      );
    peer.socket.end();
  };

const responding =
  (change: (right: string) => string) =>
  async (peer: RawPeer): Promise<void> => {
    peer.socket.end(change(await peer.response()));
  };

const scenarios: Readonly<Record<string, Scenario>> = {
  "a Close frame": { serve: opens(frame(CLOSE, "\x10\xe1why")) },
  "a Close frame without a code": { serve: opens(frame(CLOSE)) },
  "messages, pings and pongs": {
    serve: opens(
      Buffer.concat([
        frame(TEXT, "1"),
        frame(2, "\x01"),
        frame(PING, "p"),
        frame(PONG),
        frame(CLOSE, "\x03\xe8"),
      ]),
    ),
  },
  "no Close frame": {
    serve: opens(frame(TEXT, "1"), false),
    bun: {
      reason:
        "RFC 6455 §7.2.1 calls a lost connection a failure, of which the standard makes an error event; undici too",
      events: ["open", 'message "1"', 'close 1006 "" unclean'],
    },
  },
  "a broken protocol": { serve: opens(Buffer.concat([frame(TEXT, "1"), frame(3)])) },
  "a subprotocol": {
    argument: ["a", "b"],
    serve: opens(frame(CLOSE, "\x03\xe8"), true, "Sec-WebSocket-Protocol: b"),
  },
  "a wrong accept": { serve: responding((right) => right.replace(/Accept: ./, "Accept: -")) },
  "status 404": { serve: responding(() => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") },
  "a subprotocol that was not offered": { serve: opens(frame(CLOSE), true, "Sec-WebSocket-Protocol: x") },
  "an extension that was not offered": {
    serve: opens(frame(CLOSE), true, "Sec-WebSocket-Extensions: x-snappy"),
  },
  "no response": { serve: responding(() => "") },
};

suite(`Bun's client and ours${why}`, () => {
  it.each(Object.entries(scenarios))("get the same events of a server with %s", async (_name, scenario) => {
    const argument = scenario.argument ?? [];
    const url = await rawServer((peer) => void scenario.serve(peer).catch(() => {}));
    const client = new WebSocket(url, argument as WebSocketOptions);
    client.binaryType = "nodebuffer";
    const { events, closed } = record(client);
    await closed;
    const theirs = await started("client-events.mjs", url, JSON.stringify(argument)).line();
    if (scenario.bun === undefined) expect(events).toEqual(theirs);
    else {
      expect(theirs, scenario.bun.reason).toEqual(scenario.bun.events);
      expect(events, scenario.bun.reason).not.toEqual(theirs);
    }
  });

  it.each<[string, WebSocketOptions]>([
    ["headers and subprotocols", { protocols: ["a", "b"], headers: { "X-A": "1", Host: "example.org" } }],
    [
      "the fields of a handshake that a proxy passes on",
      {
        headers: {
          host: "example.org",
          upgrade: "websocket",
          connection: "keep-alive, Upgrade",
          "sec-websocket-version": "13",
          "sec-websocket-extensions": "x",
          "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
          "sec-websocket-protocol": "a, b",
          "x-a": "1",
        },
      },
    ],
  ])("ask for the same with credentials, and %s", async (_name, argument) => {
    const requests: string[] = [];
    const url = await rawServer((peer) => {
      void peer.request.then((head) => {
        requests.push(head);
        peer.socket.destroy();
      });
    });
    const address = url.replace("//", "//us%20er:p%C3%A9@");
    await record(new WebSocket(address, argument)).closed;
    await started("client-events.mjs", address, JSON.stringify(argument)).line();
    const relevant =
      /^(GET|host|upgrade|connection|authorization|x-a|sec-websocket-(version|protocol|extensions)):? |^sec-websocket-key: dGhl/i;
    const [ours, theirs] = requests.map((head) =>
      head
        .split("\r\n")
        .filter((line) => relevant.test(line))
        .map((line) => line.replace(/^[^:]*:/, (name) => name.toLowerCase()))
        .sort(),
    );
    expect(ours).toEqual(theirs);
  });
});
