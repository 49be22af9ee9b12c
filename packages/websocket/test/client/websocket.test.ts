/** The additions to the standard; the standard itself is in ../conformance/whatwg-websocket.test.ts. */
import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { WebSocket } from "../../src/client/index.ts";
import { acceptHeaders } from "../../src/handshake.ts";
import { BINARY, CLOSE, PING, PONG, TEXT } from "../../src/opcode.ts";
import { wire } from "../support.ts";
import { type RawPeer, rawPair, record, until } from "./support.ts";

async function opened(
  first?: Buffer,
  onOpen?: (client: WebSocket) => void,
): Promise<{
  client: WebSocket;
  peer: RawPeer;
  events: string[];
  closed: Promise<unknown>;
}> {
  let client: WebSocket | null = null;
  const peer = await rawPair((url) => {
    client = new WebSocket(url);
  });
  const { events, closed } = record(client!);
  if (onOpen !== undefined) client!.onopen = () => onOpen(client!);
  await peer.accept(first);
  await until(() => events.length > 0, "open");
  return { client: client!, peer, events, closed };
}

const texts = (...payloads: string[]): Buffer =>
  wire("server", ...payloads.map((payload) => ({ opcode: TEXT, payload: Buffer.from(payload) })));

describe("ping and pong", () => {
  it("send the data types of send, in order with it", async () => {
    const { client, peer } = await opened();
    client.ping();
    client.ping("é");
    client.send(new Blob(["first"]));
    client.pong(Uint8Array.of(1));
    client.ping(new Blob(["b"]));
    client.pong(new ArrayBuffer(1));
    await until(() => peer.frames.length === 6, "all");
    expect(peer.frames).toEqual([
      { opcode: PING, payload: "" },
      { opcode: PING, payload: "\xc3\xa9" },
      { opcode: BINARY, payload: "first" },
      { opcode: PONG, payload: "\x01" },
      { opcode: PING, payload: "b" },
      { opcode: PONG, payload: "\0" },
    ]);
    expect(client.bufferedAmount).toBe(0);
  });

  it("have 125 bytes at most", async () => {
    const { client, peer } = await opened();
    for (const data of ["x".repeat(126), "é".repeat(63), new Uint8Array(126), new Blob(["x".repeat(126)])]) {
      expect(() => client.ping(data)).toThrow(RangeError);
      expect(() => client.pong(data)).toThrow(RangeError);
    }
    client.ping("x".repeat(125));
    await until(() => peer.frames.length === 1, "the one");
  });

  it("throw before open, and send nothing after close()", async () => {
    const connecting = new WebSocket("ws://127.0.0.1:1/");
    record(connecting);
    expect(() => connecting.ping()).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
    const { client, peer, closed } = await opened();
    client.close();
    client.ping();
    client.pong();
    await until(() => peer.frames.length > 0, "the Close frame");
    peer.socket.end(wire("server", { opcode: CLOSE }));
    await closed;
    client.ping();
    expect(peer.frames.map(({ opcode }) => opcode)).toEqual([CLOSE]);
  });
});

describe("within the open event", () => {
  it("pause keeps the messages that came with the response", async () => {
    const { client, events } = await opened(texts("1", "2"), (it) => it.pause());
    await new Promise((resolve) => setImmediate(resolve));
    expect([events, client.isPaused]).toEqual([["open"], true]);
    client.resume();
    await until(() => events.length === 3, "both");
    expect(events).toEqual(["open", 'message "1"', 'message "2"']);
  });

  it("terminate and close drop them", async () => {
    const terminated = await opened(texts("1"), (it) => it.terminate());
    await terminated.closed;
    expect(terminated.events).toEqual(["open", 'close 1006 "" unclean']);
    const left = await opened(texts("1"), (it) => it.close());
    await until(() => left.peer.frames.length === 1, "a Close frame");
    left.peer.socket.end(wire("server", { opcode: CLOSE }));
    await left.closed;
    expect(left.events).toEqual(["open", 'close 1005 "" clean']);
  });
});

describe("terminate", () => {
  it("makes the state CLOSING at once, then CLOSED, and may be called again", async () => {
    const { client, closed } = await opened();
    client.terminate();
    expect(client.readyState).toBe(WebSocket.CLOSING);
    client.terminate();
    await closed;
    client.terminate();
    expect(client.readyState).toBe(WebSocket.CLOSED);
  });
});

describe("a subclass", () => {
  it("is a WebSocket with its own members", async () => {
    class Chat extends WebSocket {
      readonly exchange: string[] = [];

      override send(data: string): void {
        this.exchange.push(data);
        super.send(data);
      }
    }
    let chat: Chat | null = null;
    const peer = await rawPair((url) => {
      chat = new Chat(url);
    });
    record(chat!);
    await peer.accept();
    await until(() => chat!.readyState === Chat.OPEN, "open");
    chat!.send("hello");
    await until(() => peer.frames.length === 1, "a message");
    expect(chat!.exchange).toEqual(["hello"]);
  });
});

it("takes the bytes that a connection gives within a listener behind those that came before", async () => {
  let request = "";
  let asked = (): void => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const duplex = new Duplex({
    read: () => {},
    write(chunk: Buffer, _encoding, done) {
      request += chunk.toString("latin1");
      if (request.endsWith("\r\n\r\n")) asked();
      done();
    },
  });
  const client = new WebSocket("ws://h/", { createConnection: () => duplex });
  await isAsked;
  const key = /^Sec-WebSocket-Key: (.*)\r$/m.exec(request)![1]!;
  const fields = acceptHeaders(key);
  let head = "HTTP/1.1 101 Switching Protocols\r\n";
  for (let i = 0; i < fields.length; i += 2) head += `${fields[i]}: ${fields[i + 1]}\r\n`;
  const text = (payload: string): Buffer => wire("server", { opcode: TEXT, payload: Buffer.from(payload) });
  const got: string[] = [];
  client.onmessage = ({ data }) => {
    got.push(data as string);
    // The stream flows, and passes it on within this call.
    if (data === "a" || data === "d") duplex.push(Buffer.concat([text(`${data}1`), text(`${data}2`)]));
  };
  duplex.push(Buffer.concat([Buffer.from(`${head}\r\n`), text("a"), text("b")]));
  await until(() => got.length === 4, "the first messages");
  duplex.push(text("d"));
  await until(() => got.length === 7, "the others");
  expect(got).toEqual(["a", "b", "a1", "a2", "d", "d1", "d2"]);
  client.terminate();
});
