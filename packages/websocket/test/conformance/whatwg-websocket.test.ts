/** The WHATWG's WebSockets standard (websockets.spec.whatwg.org), requirement by requirement, on real sockets. */
import { describe, expect, it } from "vitest";
import { type CloseEvent, type MessageEvent, WebSocket } from "../../src/client/index.ts";
import { BINARY, CLOSE, PING, PONG, TEXT } from "../../src/opcode.ts";
import { closeStatus, type RawPeer, rawPair, record, until, wsServer } from "../client/support.ts";
import { wire } from "../support.ts";

/** A client and the server's end of its connection, before the response. */
async function connecting(
  ...args: [protocols?: string | string[]]
): Promise<{ client: WebSocket; peer: RawPeer }> {
  let client: WebSocket | null = null;
  const peer = await rawPair((url) => {
    client = new WebSocket(url, ...args);
  });
  await peer.request;
  return { client: client!, peer };
}

async function opened(
  ...args: [protocols?: string | string[]]
): Promise<{ client: WebSocket; peer: RawPeer; events: string[]; closed: Promise<CloseEvent> }> {
  const { client, peer } = await connecting(...args);
  const { events, closed } = record(client);
  const [protocol] = [args[0] ?? []].flat();
  await peer.accept(
    Buffer.alloc(0),
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  );
  await until(() => client.readyState === WebSocket.OPEN, "open");
  return { client, peer, events, closed };
}

function closePayload(code: number): Buffer {
  return Buffer.of(code >> 8, code & 0xff);
}

function text(payload: string): Buffer {
  return wire("server", { opcode: TEXT, payload: Buffer.from(payload) });
}

function binary(...payload: number[]): Buffer {
  return wire("server", { opcode: BINARY, payload: Buffer.from(payload) });
}

function closeFrame(code?: number, reason = ""): Buffer {
  const payload = Buffer.alloc(code === undefined ? 0 : 2);
  if (code !== undefined) payload.writeUInt16BE(code);
  return wire("server", { opcode: CLOSE, payload: Buffer.concat([payload, Buffer.from(reason)]) });
}

const syntaxError = expect.objectContaining({ name: "SyntaxError", code: DOMException.SYNTAX_ERR });

describe("the interface", () => {
  it("has the constants on the class and on its prototype, enumerable and fixed", () => {
    const constants = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
    for (const [name, value] of Object.entries(constants)) {
      const descriptor = { value, writable: false, enumerable: true, configurable: false };
      expect(Object.getOwnPropertyDescriptor(WebSocket, name)).toEqual(descriptor);
      expect(Object.getOwnPropertyDescriptor(WebSocket.prototype, name)).toEqual(descriptor);
    }
  });

  it("is an EventTarget whose members are enumerable accessors and methods of the prototype", () => {
    expect(Object.getPrototypeOf(WebSocket)).toBe(EventTarget);
    expect(Object.prototype.toString.call(WebSocket.prototype)).toBe("[object WebSocket]");
    for (const name of ["url", "readyState", "bufferedAmount", "extensions", "protocol"]) {
      const descriptor = Object.getOwnPropertyDescriptor(WebSocket.prototype, name);
      expect(descriptor).toMatchObject({ enumerable: true, set: undefined });
    }
    for (const name of ["onopen", "onerror", "onclose", "onmessage", "binaryType"]) {
      const descriptor = Object.getOwnPropertyDescriptor(WebSocket.prototype, name);
      expect(descriptor).toMatchObject({ enumerable: true, set: expect.any(Function) });
    }
    expect([WebSocket.length, WebSocket.prototype.send.length, WebSocket.prototype.close.length]).toEqual([
      1, 1, 0,
    ]);
  });

  it("checks the receiver of its members", () => {
    const { get } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "readyState")!;
    expect(() => get!.call({})).toThrow(TypeError);
    expect(() => WebSocket.prototype.send.call({} as WebSocket, "")).toThrow(TypeError);
  });
});

describe("new WebSocket(url, protocols)", () => {
  it("needs an argument, and converts it to a string", () => {
    expect(() => new (WebSocket as unknown as new () => WebSocket)()).toThrow(TypeError);
    expect(() => new WebSocket(Symbol("ws://h/") as unknown as string)).toThrow(TypeError);
    expect(() => new WebSocket(null as unknown as string)).toThrow(syntaxError);
  });

  it.each([
    "relative",
    "",
    "ws:///",
    "ftp://h/",
    "mailto:x",
    "ws://h/#",
    "wss://h/#fragment",
  ])("throws a SyntaxError for the URL %j", (url) => {
    expect(() => new WebSocket(url)).toThrow(syntaxError);
  });

  it("takes http for ws, and shows the URL serialized", async () => {
    const peer = await rawPair((url) => {
      const client = new WebSocket(new URL(`${url.replace("ws:", "http:")}a/../b?q#`.slice(0, -1)));
      record(client);
      expect(client.url).toBe(`${url}b?q`);
    });
    expect(await peer.request).toMatch(/^GET \/b\?q HTTP\/1\.1\r\n/);
  });

  it.each([
    [""],
    ["a b"],
    ["a,b"],
    ["ä"],
    [["a", "a"]],
    [["echo", "eCho"]],
    [["a", ""]],
    ["a/b"],
    [" a"],
    ["\u007f"],
  ])("throws a SyntaxError for the subprotocols %j", (protocols) => {
    expect(() => new WebSocket("ws://127.0.0.1:1/", protocols)).toThrow(syntaxError);
  });

  it("offers subprotocols as they are written, takes null for a name, and anything iterable for a list", async () => {
    for (const [given, sent] of [
      [["chat", "Superchat"], "chat, Superchat"],
      [null, "null"],
      [7, "7"],
      [new Set(["a", "b"]), "a, b"],
    ] as const) {
      const { peer } = await connecting(given as unknown as string[]);
      expect(await peer.request).toContain(`\r\nSec-WebSocket-Protocol: ${sent}\r\n`);
    }
  });

  it("begins as CONNECTING, with empty attributes, and connects in parallel", async () => {
    let client: WebSocket | null = null;
    await rawPair((url) => {
      client = new WebSocket(url);
      record(client);
      const { readyState, protocol, extensions, bufferedAmount, binaryType } = client;
      expect({ readyState, protocol, extensions, bufferedAmount, binaryType }).toEqual({
        readyState: 0,
        protocol: "",
        extensions: "",
        bufferedAmount: 0,
        binaryType: "blob",
      });
    });
  });
});

describe("establish a WebSocket connection", () => {
  it("sends the handshake's fields, and caches nothing on the way", async () => {
    const { client, peer } = await connecting(["a", "b"]);
    record(client);
    const lines = (await peer.request).split("\r\n");
    expect(lines[0]).toBe("GET / HTTP/1.1");
    expect(lines).toContain(`Host: ${new URL(client.url).host}`);
    expect(lines).toContain("Upgrade: websocket");
    expect(lines).toContain("Connection: Upgrade");
    expect(lines).toContain("Sec-WebSocket-Version: 13");
    expect(lines).toContain("Sec-WebSocket-Protocol: a, b");
    expect(lines).toContain("Pragma: no-cache");
    expect(lines).toContain("Cache-Control: no-cache");
    expect(lines.filter((line) => /^Sec-WebSocket-Key: [A-Za-z0-9+/]{22}==$/.test(line))).toHaveLength(1);
  });

  it("fails when subprotocols were offered and none was chosen", async () => {
    const { client, peer } = await connecting("chat");
    const { events, errors, closed } = record(client);
    await peer.accept();
    await closed;
    expect(events).toEqual(["error", 'close 1006 "" unclean']);
    expect(errors[0]).toMatchObject({ code: "PROTOCOL_MISSING" });
  });

  it("follows no redirect", async () => {
    const { client, peer } = await connecting();
    const { events, errors, closed } = record(client);
    peer.socket.end("HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    await closed;
    expect(events).toEqual(["error", 'close 1006 "" unclean']);
    expect(String(errors[0])).toContain("the status is 302, not 101");
  });

  it("opens: the attributes are set before the event, and the event before the first message", async () => {
    const { client, peer } = await connecting(["a", "b"]);
    const seen: unknown[] = [];
    client.onopen = (event) => {
      const { bubbles, cancelable } = event;
      seen.push(
        event.constructor,
        bubbles,
        cancelable,
        client.readyState,
        client.protocol,
        client.extensions,
      );
    };
    const { events } = record(client);
    await peer.accept(text("at once"), "Sec-WebSocket-Protocol: b");
    await until(() => events.length === 2, "both");
    expect(seen).toEqual([Event, false, false, 1, "b", ""]);
    expect(events).toEqual(["open", 'message "at once"']);
  });
});

describe("events that come in one packet", () => {
  const next = <E extends Event>(client: WebSocket, type: string): Promise<E> =>
    new Promise((resolve) => client.addEventListener(type, (event) => resolve(event as E), { once: true }));
  const close = wire("server", { opcode: CLOSE, payload: closePayload(4000) });

  it("are tasks of their own: what a listener awaits goes on before the next event", async () => {
    const { client, peer } = await connecting();
    const read = async (): Promise<unknown[]> => {
      const got: unknown[] = [];
      await next(client, "open");
      for (const type of ["message", "message", "ping", "pong", "message"]) {
        const { data } = await next<MessageEvent>(client, type);
        for (let i = 0; i < 10; i++) await null;
        got.push(typeof data, client.readyState);
      }
      got.push((await next<CloseEvent>(client, "close")).code);
      return got;
    };
    const reading = read();
    const ping = wire("server", { opcode: PING }, { opcode: PONG });
    await peer.accept(Buffer.concat([text("a"), text("b"), ping, text("c"), close]));
    await until(() => peer.frames.length === 2, "a pong and a Close frame");
    peer.socket.end();
    expect(await reading).toEqual(["string", 1, "string", 1, "object", 1, "object", 1, "string", 1, 4000]);
  });

  it("wait for a pause that a listener's promise makes, and for resume", async () => {
    const { client, peer, events } = await opened();
    client.addEventListener("message", () => void Promise.resolve().then(() => client.pause()));
    peer.socket.write(Buffer.concat([text("a"), text("b"), close]));
    for (const seen of [["a"], ["a", "b"]]) {
      await until(() => client.isPaused, "paused");
      expect(events).toEqual(["open", ...seen.map((each) => `message "${each}"`)]);
      client.resume();
    }
    await until(() => peer.frames.length === 1, "the Close frame");
  });

  it("are not read when a listener's promise has terminated the connection", async () => {
    const { client, peer, events, closed } = await opened();
    client.addEventListener("message", () => void Promise.resolve().then(() => client.terminate()));
    peer.socket.write(Buffer.concat([text("a"), text("b"), close]));
    await closed;
    expect(events).toEqual(["open", 'message "a"', 'close 1006 "" unclean']);
  });
});

describe("messages received", () => {
  it("are MessageEvents with the URL's origin", async () => {
    const { client, peer } = await opened();
    const got = new Promise<MessageEvent>((resolve) => client.addEventListener("message", resolve));
    peer.socket.write(text("é\u0000"));
    const event = await got;
    expect(event).toBeInstanceOf(MessageEvent);
    expect(event).toMatchObject({
      data: "é\u0000",
      origin: new URL(client.url).origin,
      lastEventId: "",
      source: null,
      bubbles: false,
      cancelable: false,
    });
  });

  it("are Blobs until binaryType is set, which holds from then on", async () => {
    const { client, peer } = await opened();
    const got: unknown[] = [];
    client.onmessage = ({ data }) => got.push(data);
    peer.socket.write(binary(1, 2));
    await until(() => got.length === 1, "a Blob");
    client.binaryType = "arraybuffer";
    peer.socket.write(Buffer.concat([binary(3, 4), text("x"), binary()]));
    await until(() => got.length === 4, "the rest");
    client.binaryType = "nodebuffer";
    peer.socket.write(binary(5));
    await until(() => got.length === 5, "a Buffer");
    expect(got[0]).toBeInstanceOf(Blob);
    expect(await (got[0] as Blob).arrayBuffer()).toEqual(Uint8Array.of(1, 2).buffer);
    expect(got.slice(1)).toEqual([Uint8Array.of(3, 4).buffer, "x", new ArrayBuffer(0), Buffer.of(5)]);
  });

  it("ignores a value that is not a BinaryType", () => {
    const client = new WebSocket("ws://127.0.0.1:1/");
    record(client);
    for (const wrong of ["", "Blob", "text", null, undefined, 0, {}]) {
      client.binaryType = wrong as "blob";
      expect(client.binaryType).toBe("blob");
    }
    client.binaryType = { toString: () => "arraybuffer" } as unknown as "arraybuffer";
    expect(client.binaryType).toBe("arraybuffer");
  });

  it("are dropped after close()", async () => {
    const { client, peer, events, closed } = await opened();
    client.onmessage = () => client.close();
    peer.socket.write(Buffer.concat([text("1"), text("2")]));
    await until(() => peer.frames.length === 1, "a Close frame");
    peer.socket.write(Buffer.concat([text("3"), closeFrame()]));
    await until(() => peer.frames.length === 1, "nothing more");
    peer.socket.end();
    await closed;
    expect(events).toEqual(["open", 'message "1"', 'close 1005 "" clean']);
  });
});

describe("send(data)", () => {
  it("throws an InvalidStateError while CONNECTING, after the conversion of its argument", async () => {
    const { client } = await connecting();
    record(client);
    expect(() => client.send("x")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
    expect(() => client.send(Symbol("x") as unknown as string)).toThrow(TypeError);
    expect(() => (client.send as () => void)()).toThrow(TypeError);
    expect(client.bufferedAmount).toBe(0);
  });

  it("sends strings as text, with U+FFFD for lone surrogates, and all else as bytes", async () => {
    const { client, peer } = await opened();
    client.send("é");
    client.send("\ud800x");
    client.send(Uint8Array.of(1, 2, 3).buffer);
    client.send(new DataView(Uint8Array.of(4, 5, 6).buffer, 1, 1));
    client.send(new Uint16Array([0x0707]));
    client.send(new Blob(["b"]));
    client.send(17 as unknown as string);
    client.send("");
    await until(() => peer.frames.length === 8, "all");
    expect(peer.frames).toEqual([
      { opcode: TEXT, payload: "\xc3\xa9" },
      { opcode: TEXT, payload: "\xef\xbf\xbdx" },
      { opcode: BINARY, payload: "\x01\x02\x03" },
      { opcode: BINARY, payload: "\x05" },
      { opcode: BINARY, payload: "\x07\x07" },
      { opcode: BINARY, payload: "b" },
      { opcode: TEXT, payload: "17" },
      { opcode: TEXT, payload: "" },
    ]);
  });

  it("sends bytes as they were when it was called, and keeps the order behind Blobs", async () => {
    const { client, peer } = await opened();
    const bytes = Uint8Array.of(1);
    client.send(bytes);
    bytes[0] = 2;
    client.send(new Blob(["slow"]));
    client.send(bytes);
    bytes[0] = 3;
    client.send(new Blob(["slower"]));
    client.send("last");
    client.close(1000);
    await until(() => peer.frames.length === 6, "all");
    expect(peer.frames.map(({ payload }) => payload)).toEqual([
      "\x01",
      "slow",
      "\x02",
      "slower",
      "last",
      "\x03\xe8",
    ]);
  });

  it("counts in bufferedAmount, without the framing, until the data is handed over", async () => {
    const { client, peer } = await opened();
    client.send("é");
    client.send(new Uint8Array(10));
    client.send(new Blob(["123"]));
    client.ping("not counted");
    expect(client.bufferedAmount).toBe(15);
    await until(() => peer.frames.length === 4, "all");
    await until(() => client.bufferedAmount === 0, "nothing left");
  });

  it("only counts when the connection is closing or closed, and that stays", async () => {
    const { client, peer, closed } = await opened();
    client.close();
    client.send("four");
    expect(client.bufferedAmount).toBe(4);
    await until(() => peer.frames.length === 1, "the Close frame");
    peer.socket.end(closeFrame());
    await closed;
    client.send(new Blob(["12345"]));
    expect(client.bufferedAmount).toBe(9);
    expect(peer.frames).toHaveLength(1);
  });
});

describe("close(code, reason)", () => {
  it.each([
    0,
    999,
    1001,
    1005,
    1006,
    1015,
    2999,
    5000,
    65_536,
    -1,
    Number.NaN,
    null,
    "x",
  ])("throws an InvalidAccessError for the code %j", async (code) => {
    const client = new WebSocket("ws://127.0.0.1:1/");
    record(client);
    expect(() => client.close(code as number)).toThrow(
      expect.objectContaining({ name: "InvalidAccessError", code: DOMException.INVALID_ACCESS_ERR }),
    );
    expect(client.readyState).toBe(WebSocket.CONNECTING);
  });

  it("throws a SyntaxError for a reason of more than 123 bytes, also without effect", async () => {
    const { client } = await opened();
    expect(() => client.close(1000, "é".repeat(62))).toThrow(syntaxError);
    expect(() => client.close(undefined, "x".repeat(124))).toThrow(syntaxError);
    expect(client.readyState).toBe(WebSocket.OPEN);
  });

  it.each<[string, [code?: number | undefined, reason?: string | undefined], string]>([
    ["nothing", [], "none"],
    ["undefined", [undefined, undefined], "none"],
    ["an empty reason", [undefined, ""], "none"],
    ["only a reason", [undefined, "why"], "1000 why"],
    ["a code", [3000], "3000"],
    ["a code and a reason with a lone surrogate", [4999, "\ud800"], "4999 \ufffd"],
    ["a code that is rounded", [999.5], "1000"],
    ["a string", ["1000" as unknown as number], "1000"],
    ["123 bytes", [1000, "x".repeat(123)], `1000 ${"x".repeat(123)}`],
  ])("sends for %s the Close frame", async (_name, args, status) => {
    const { client, peer } = await opened();
    client.close(...args);
    expect(client.readyState).toBe(WebSocket.CLOSING);
    await until(() => peer.frames.length === 1, "a Close frame");
    expect(peer.frames.map(({ opcode, payload }) => [opcode, closeStatus(payload)])).toEqual([
      [CLOSE, status],
    ]);
  });

  it("does nothing the second time, and in the states CLOSING and CLOSED", async () => {
    const { client, peer, events, closed } = await opened();
    client.close(3001, "first");
    client.close(3002, "second");
    await until(() => peer.frames.length === 1, "a Close frame");
    peer.socket.end(closeFrame(3001, "first"));
    await closed;
    client.close(3003, "third");
    expect(client.readyState).toBe(WebSocket.CLOSED);
    expect(events).toEqual(["open", 'close 3001 "first" clean']);
    expect(peer.frames).toHaveLength(1);
  });

  it("fails the connection while CONNECTING: CLOSING at once, later an error, then close with 1006", async () => {
    const { client, peer } = await connecting();
    const { events, errors, closed } = record(client);
    client.close(3000, "too early");
    expect([client.readyState, events]).toEqual([WebSocket.CLOSING, []]);
    const { wasClean, code, reason } = await closed;
    expect([wasClean, code, reason]).toEqual([false, 1006, ""]);
    expect(events).toEqual(["error", 'close 1006 "" unclean']);
    expect(errors[0]).toMatchObject({ code: "CLOSED_EARLY" });
    await until(() => peer.closed || peer.ended, "the server gets the end");
  });

  it("does so even within the constructor's own turn", async () => {
    const { url } = await wsServer();
    const client = new WebSocket(url);
    const { events, closed } = record(client);
    client.close();
    await closed;
    expect(events).toEqual(["error", 'close 1006 "" unclean']);
  });
});

describe("closing", () => {
  it("by the server: CLOSING with its Close frame, CLOSED with the connection's end", async () => {
    const { client, peer, events, closed } = await opened();
    const states: number[] = [];
    client.onclose = () => states.push(client.readyState);
    peer.socket.write(closeFrame(4321, "é"));
    await until(() => peer.frames.length === 1, "a response");
    expect(closeStatus(peer.frames[0]!.payload)).toBe("4321 é");
    expect([client.readyState, events]).toEqual([WebSocket.CLOSING, ["open"]]);
    // RFC 6455 §7.1.1: the server closes the connection, and the client waits for it.
    expect(peer.ended).toBe(false);
    peer.socket.end();
    const event = await closed;
    expect([event.wasClean, event.code, event.reason]).toEqual([true, 4321, "é"]);
    expect([event.bubbles, event.cancelable]).toEqual([false, false]);
    expect(states).toEqual([WebSocket.CLOSED]);
    await until(() => peer.ended, "the client closes its side too");
  });

  it("without a code is 1005, and clean", async () => {
    const { peer, events, closed } = await opened();
    peer.socket.end(closeFrame());
    await closed;
    expect(events).toEqual(["open", 'close 1005 "" clean']);
  });

  it("without a Close frame is a failure: an error, then close with 1006", async () => {
    const { client, peer, events, closed } = await opened();
    peer.socket.end();
    await closed;
    expect([client.readyState, events]).toEqual([3, ["open", "error", 'close 1006 "" unclean']]);
  });

  it("is the server's code, not ours, when both differ", async () => {
    const { client, peer, events, closed } = await opened();
    client.close(3000, "ours");
    await until(() => peer.frames.length === 1, "a Close frame");
    peer.socket.end(closeFrame(3333, "theirs"));
    await closed;
    expect(events).toEqual(["open", 'close 3333 "theirs" clean']);
  });

  it("by a broken protocol: an error, then close with 1006, and a Close frame to the server", async () => {
    const { peer, events, closed } = await opened();
    peer.socket.write(wire("server", { opcode: 3 }));
    await until(() => peer.ended, "the client closes its side");
    expect(peer.frames.map(({ payload }) => closeStatus(payload))).toEqual(["1002 the opcode is reserved"]);
    peer.socket.end();
    await closed;
    expect(events).toEqual(["open", "error", 'close 1006 "" unclean']);
  });

  it("lets data that was sent before close() arrive, however much it is", async () => {
    const got: number[] = [];
    const { url } = await wsServer({}, (peer) => {
      peer.on("message", (data: Buffer) => got.push(data.length));
    });
    const client = new WebSocket(url);
    const { closed } = record(client);
    client.onopen = () => {
      for (let i = 0; i < 20; i++) client.send(new Uint8Array(1_000_000));
      client.send(new Blob([new Uint8Array(1_000_001)]));
      client.close(1000);
    };
    expect((await closed).wasClean).toBe(true);
    expect(got).toEqual([...Array<number>(20).fill(1_000_000), 1_000_001]);
    expect(client.bufferedAmount).toBe(0);
  });
});

describe("event handlers (HTML §8.1.8)", () => {
  it("are null, keep functions and objects, and make null of everything else", () => {
    const client = new WebSocket("ws://127.0.0.1:1/");
    record(client);
    for (const name of ["onopen", "onmessage", "onerror", "onclose"] as const) {
      expect(client[name]).toBeNull();
      const handler = (): void => {};
      client[name] = handler;
      expect(client[name]).toBe(handler);
      const object = {};
      client[name] = object as () => void;
      expect(client[name]).toBe(object);
      for (const nothing of [null, undefined, 1, "x", true]) {
        client[name] = handler;
        client[name] = nothing as null;
        expect(client[name]).toBeNull();
      }
    }
  });

  it("are called with the WebSocket as this, and their result has no meaning", async () => {
    const { client, peer } = await opened();
    const calls: unknown[] = [];
    client.onmessage = function (event) {
      calls.push(this, event.target, event.defaultPrevented);
      return false;
    };
    peer.socket.write(text("1"));
    await until(() => calls.length === 3, "a message");
    expect(calls[0]).toBe(client);
    expect(calls[1]).toBe(client);
    expect(calls[2]).toBe(false);
  });
});

describe("pings", () => {
  it("get a pong each, and those within a message before it, though they come in one packet", async () => {
    const { client, peer } = await opened();
    client.addEventListener("message", () => client.send("reply"));
    const ping = (name: string) => ({ opcode: PING, payload: Buffer.from(name) });
    const pings = Array.from({ length: 10 }, (_, i) => `${i}`);
    peer.socket.write(
      wire(
        "server",
        ...pings.map(ping),
        { opcode: TEXT, fin: false, payload: Buffer.from("a") },
        ping("within"),
        { opcode: 0, payload: Buffer.from("b") },
        ping("behind"),
      ),
    );
    await until(() => peer.frames.length === 13, "all pongs");
    expect(peer.frames.map(({ opcode, payload }) => `${opcode} ${payload}`)).toEqual([
      ...pings.map((name) => `${PONG} ${name}`),
      `${PONG} within`,
      `${TEXT} reply`,
      `${PONG} behind`,
    ]);
  });

  it("get pongs, and are ping events; pongs are events too", async () => {
    const { client, peer, events } = await opened();
    client.binaryType = "arraybuffer";
    peer.socket.write(wire("server", { opcode: PING, payload: Buffer.from("?") }));
    await until(() => peer.frames.length === 1, "a response");
    expect(peer.frames).toEqual([{ opcode: PONG, payload: "?" }]);
    peer.socket.write(wire("server", { opcode: PONG }));
    await until(() => events.length === 3, "both");
    expect(events).toEqual(["open", "ping ArrayBuffer 3f", "pong ArrayBuffer "]);
  });
});
