/** Servers that mean harm, or know no better, byte by byte on real sockets. */
import { describe, expect, it } from "vitest";
import { WebSocket, type WebSocketOptions } from "../../src/client/index.ts";
import { BINARY, CLOSE, PING, PONG, TEXT } from "../../src/opcode.ts";
import { wire } from "../support.ts";
import { afterTest, closeStatus, type RawPeer, type Recording, rawPair, record, until } from "./support.ts";

interface Met extends Recording {
  readonly client: WebSocket;
  readonly peer: RawPeer;
}

async function meet(options: WebSocketOptions = {}): Promise<Met> {
  let client: WebSocket | null = null;
  let recording: Recording | null = null;
  const peer = await rawPair((url) => {
    client = new WebSocket(url, options);
    recording = record(client);
  });
  return { client: client!, peer, ...recording! };
}

const FAILED = ["error", 'close 1006 "" unclean'];
const hello = wire("server", { opcode: TEXT, payload: Buffer.from("hello") });

describe("a response that opens no WebSocket", () => {
  const cases: ReadonlyArray<readonly [string, string, (response: string) => string]> = [
    [
      "a wrong Sec-WebSocket-Accept",
      "RESPONSE_REFUSED",
      (response) => response.replace(/Accept: ./, "Accept: -"),
    ],
    [
      "a subprotocol that was not offered",
      "RESPONSE_REFUSED",
      (response) => withLine(response, "Sec-WebSocket-Protocol: x"),
    ],
    [
      "an unknown extension",
      "RESPONSE_REFUSED",
      (response) => withLine(response, "Sec-WebSocket-Extensions: x-snappy"),
    ],
    [
      "permessage-deflate with a window of 16 bits",
      "EXTENSIONS_REFUSED",
      (response) =>
        withLine(response, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=16"),
    ],
    ["200 with content", "RESPONSE_REFUSED", () => "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"],
    ["200 that never ends", "RESPONSE_REFUSED", () => `HTTP/1.1 200 OK\r\n\r\n${"x".repeat(1_000_000)}`],
    [
      "404 in chunks",
      "RESPONSE_REFUSED",
      () => "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ],
    ["101 for another protocol", "RESPONSE_INVALID", (response) => response.replace("websocket", "h2c")],
    ["frames without a response", "RESPONSE_INVALID", () => hello.toString("latin1").repeat(1000)],
    ["a bare LF", "RESPONSE_INVALID", (response) => response.replaceAll("\r\n", "\n")],
    ["a huge head", "RESPONSE_INVALID", (response) => withLine(response, `X: ${"x".repeat(100_000)}`)],
    ["endless fields", "RESPONSE_INVALID", (response) => response.slice(0, -2) + "X: y\r\n".repeat(10_000)],
    ["endless interim responses", "RESPONSE_INVALID", () => "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000)],
    ["nothing, and its end", "RESPONSE_INVALID", () => ""],
    ["half a response, and its end", "RESPONSE_INVALID", (response) => response.slice(0, 40)],
  ];

  it.each(cases)("%s: %s", async (_name, code, change) => {
    const { peer, events, errors, closed } = await meet();
    peer.socket.end(change(await peer.response()));
    await closed;
    expect(events).toEqual(FAILED);
    expect(errors[0]).toMatchObject({ code });
    await until(() => peer.ended || peer.closed, "the connection is closed");
  });

  it.each([
    "SSH-2.0-OpenSSH_9.6\r\n",
    "220 mail.example ESMTP\r\n",
    "\x15\x03\x01\x00\x02\x02\x46",
    "HTTP/2.0 200\r\n",
  ])("the first words of another protocol are the last that is waited for: %j", async (words) => {
    const { peer, events, errors, closed } = await meet({ handshakeTimeout: 0 });
    await peer.request;
    // No end follows, and no more.
    peer.socket.write(Buffer.from(words, "latin1"));
    await closed;
    expect(events).toEqual(FAILED);
    expect(errors[0]).toMatchObject({ code: "RESPONSE_INVALID" });
  });

  it("a 101 without a reason, nor the space before it, opens one: RFC 9112 §4 lets a recipient take it", async () => {
    const { peer, events } = await meet();
    peer.socket.write((await peer.response()).replace("101 Switching Protocols", "101"));
    peer.socket.write(hello);
    await until(() => events.length === 2, "a message");
    expect(events).toEqual(["open", 'message "hello"']);
  });

  it("a Content-Length in a 101 has no meaning (RFC 9110 §8.6): frames follow", async () => {
    const { peer, events } = await meet();
    peer.socket.write(withLine(await peer.response(), "Content-Length: 5"));
    peer.socket.write(hello);
    await until(() => events.length === 2, "a message");
    expect(events).toEqual(["open", 'message "hello"']);
  });

  it("a head that trickles is read until the handshake's time is over", async () => {
    const { peer, events, errors, closed } = await meet({ handshakeTimeout: 100 });
    const head = await peer.response();
    let at = 0;
    const timer = setInterval(() => peer.socket.write(head[at++ % 20] ?? ""), 5);
    afterTest(() => clearInterval(timer));
    await closed;
    expect(events).toEqual(FAILED);
    expect(errors[0]).toMatchObject({ code: "HANDSHAKE_TIMEOUT" });
  });

  it("silence is borne until the handshake's time is over", async () => {
    const { errors, closed } = await meet({ handshakeTimeout: 20 });
    await closed;
    expect(errors[0]).toMatchObject({ code: "HANDSHAKE_TIMEOUT" });
  });

  it("a reset is the system's error", async () => {
    const { peer, events, errors, closed } = await meet();
    await peer.request;
    peer.socket.resetAndDestroy();
    await closed;
    expect(events).toEqual(FAILED);
    expect(errors[0]).toMatchObject({ code: "ECONNRESET" });
  });
});

describe("an open connection", () => {
  it("reads frames in the packet of the response, also a Close frame", async () => {
    const { peer, events, closed } = await meet();
    const close = wire("server", { opcode: CLOSE, payload: Buffer.of(0x0f, 0xa1) });
    await peer.accept(Buffer.concat([hello, hello, close, hello]));
    await until(() => peer.frames.length === 1, "a response");
    peer.socket.end();
    await closed;
    expect(events).toEqual(["open", 'message "hello"', 'message "hello"', 'close 4001 "" clean']);
  });

  it.each([
    ["masked frames", wire("client", { opcode: TEXT }), "MASK_FORBIDDEN", 1002],
    ["an unknown opcode", wire("server", { opcode: 11 }), "RESERVED_OPCODE", 1002],
    ["a fragmented ping", wire("server", { opcode: PING, fin: false }), "CONTROL_FRAGMENTED", 1002],
    [
      "a Close frame of one byte",
      wire("server", { opcode: CLOSE, payload: Buffer.of(3) }),
      "CLOSE_PAYLOAD",
      1002,
    ],
    ["close code 1006", wire("server", { opcode: CLOSE, payload: Buffer.of(3, 0xee) }), "CLOSE_CODE", 1002],
    ["text that is no UTF-8", wire("server", { opcode: TEXT, payload: Buffer.of(0xc0) }), "TEXT_UTF8", 1007],
    ["a frame of 2^62 bytes", Buffer.from("827f4000000000000000", "hex"), "FRAME_TOO_BIG", 1009],
    ["an HTTP response", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), "RESERVED_BITS", 1002],
  ])("refuses %s", async (_name, bytes, code, closeCode) => {
    const { peer, events, errors, closed } = await meet();
    await peer.accept(Buffer.concat([hello, bytes, hello]));
    await until(() => peer.ended, "our side is closed");
    expect(peer.frames.map(({ payload }) => Number(closeStatus(payload).split(" ")[0]))).toEqual([closeCode]);
    peer.socket.end();
    await closed;
    expect(events).toEqual(["open", 'message "hello"', ...FAILED]);
    expect(errors[0]).toMatchObject({ code, closeCode });
  });

  it("refuses more than maxPayloadLength as soon as it is announced, in one frame or in many", async () => {
    for (const frames of [
      [{ opcode: BINARY, payload: Buffer.alloc(1001) }],
      [
        { opcode: BINARY, payload: Buffer.alloc(600), fin: false },
        { opcode: 0, payload: Buffer.alloc(401) },
      ],
    ]) {
      const { client, peer, events, errors, closed } = await meet({ maxPayloadLength: 1000 });
      await peer.accept(
        wire("server", { opcode: BINARY, payload: Buffer.alloc(1000) }, ...frames).subarray(0, -1),
      );
      await until(() => client.readyState === WebSocket.CLOSING, "refused");
      peer.socket.end();
      await closed;
      expect(events).toEqual(["open", "message Blob 1000", ...FAILED]);
      expect(errors[0]).toMatchObject({ closeCode: 1009 });
    }
  });

  it.each<[string, (peer: RawPeer) => void, unknown]>([
    ["half-closes", (peer) => peer.socket.end(), { code: "CONNECTION_LOST" }],
    [
      "half-closes inside a frame",
      (peer) => peer.socket.end(hello.subarray(0, 4)),
      { code: "CONNECTION_LOST" },
    ],
    ["resets", (peer) => peer.socket.resetAndDestroy(), { code: "ECONNRESET" }],
  ])("fails when the server %s", async (_name, act, error) => {
    const { peer, events, errors, closed } = await meet();
    await peer.accept(hello);
    await until(() => events.length === 2, "a message");
    act(peer);
    await closed;
    expect(events).toEqual(["open", 'message "hello"', ...FAILED]);
    expect(errors[0]).toMatchObject(error as object);
    await until(() => peer.closed || peer.ended, "the connection is gone");
  });

  it("sends a pong to each of many pings, and reads a flood to its end", async () => {
    const { client, peer, events } = await meet();
    const ping = wire("server", { opcode: PING, payload: Buffer.from("x") });
    await peer.accept(Buffer.concat(Array<Buffer>(500).fill(ping)));
    await until(() => events.length === 501, "the pings");
    await until(() => peer.frames.length === 500, "the pongs");
    expect(peer.frames.every(({ opcode }) => opcode === PONG)).toBe(true);
    peer.socket.write(Buffer.concat(Array<Buffer>(20_000).fill(ping)));
    await until(() => events.length === 20_501, "the flood is read");
    expect(client.readyState).toBe(WebSocket.OPEN);
  });

  it("that does not read makes bufferedAmount grow, and the client's pongs no more than that", async () => {
    const { client, peer } = await meet();
    await peer.accept();
    await until(() => client.readyState === WebSocket.OPEN, "open");
    peer.socket.pause();
    for (let i = 0; i < 100; i++) client.send(new Uint8Array(1_000_000));
    await new Promise((resolve) => setImmediate(resolve));
    expect(client.bufferedAmount).toBeGreaterThan(50_000_000);
    client.terminate();
  });
});

function withLine(response: string, line: string): string {
  return `${response.slice(0, -2)}${line}\r\n\r\n`;
}
