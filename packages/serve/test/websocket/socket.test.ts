import { Buffer } from "node:buffer";
import { runInNewContext } from "node:vm";
import { captureErrors } from "@mantou/testing/errors";
import { OPCODE } from "@mantou/testing/raw-websocket";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { MessageData, ServerWebSocket } from "../../src/api/websocket.ts";
import { pair, startWebSockets } from "../support/websocket-pair.ts";
import { openWs } from "../support/ws-client.ts";

captureErrors();

describe("send", () => {
  const bytes = [1, 2, 250, 255];
  const shared = new SharedArrayBuffer(4);
  new Uint8Array(shared).set(bytes);
  const within = new Uint8Array([9, ...bytes, 9]).buffer;
  it.each<[string, Exclude<MessageData, string>]>([
    ["a Uint8Array", new Uint8Array(bytes)],
    ["a view on a part of a buffer", new Uint8Array(within, 1, 4)],
    ["a DataView", new DataView(within, 1, 4)],
    ["a Uint16Array", new Uint16Array(new Uint8Array(bytes).buffer)],
    ["a Buffer", Buffer.from(bytes)],
    ["an ArrayBuffer", new Uint8Array(bytes).buffer],
    ["a SharedArrayBuffer", shared],
  ])("sends %s as a binary message", async (_, data) => {
    const { ws, client } = await pair();
    expect([ws.send(data), ws.sendBinary(data)]).toEqual([4, 4]);
    const frame = { opcode: OPCODE.binary, payload: Buffer.from(bytes) };
    expect(await client.frames(2)).toEqual([frame, frame]);
  });

  it("sends text as UTF-8, and returns its bytes, which are 0 for an empty message that is sent all the same", async () => {
    const { ws, client } = await pair();
    expect([ws.send("añ€😀"), ws.sendText("z"), ws.send(""), ws.send(new Uint8Array())]).toEqual([
      10, 1, 0, 0,
    ]);
    expect(await client.texts(3)).toEqual(["añ€😀", "z", ""]);
    expect(await client.frame()).toEqual({ opcode: OPCODE.binary, payload: Buffer.alloc(0) });
  });

  it.each(["yes", 1, 0, null, {}])("throws a TypeError for %j in place of a boolean", async (value) => {
    const { ws } = await pair();
    const compress = value as unknown as boolean;
    const bytes = new Uint8Array(1);
    for (const act of [
      () => ws.send("x", compress),
      () => ws.send(bytes, compress),
      () => ws.sendText("x", compress),
      () => ws.sendBinary(bytes, compress),
      () => ws.publish("topic", "x", compress),
      () => ws.publishText("topic", "x", compress),
      () => ws.publishBinary("topic", bytes, compress),
    ]) {
      expect(act).toThrow(new TypeError("compress must be a boolean"));
    }
  });

  it("frames every length", async () => {
    const { ws, client } = await pair();
    const lengths = [0, 1, 125, 126, 127, 1023, 1024, 1025, 65_535, 65_536, 200_000];
    for (const length of lengths) ws.send(Buffer.alloc(length, length & 0xff));
    const frames = await client.frames(lengths.length);
    for (const [i, { payload }] of frames.entries()) {
      expect(payload.equals(Buffer.alloc(lengths[i]!, lengths[i]! & 0xff)), `${lengths[i]} bytes`).toBe(true);
    }
  });

  it.each([10, 5_000, 100_000])("sends what %i bytes were when they were sent", async (size) => {
    const { ws, client, server } = await pair();
    const data = new Uint8Array(size).fill(1);
    ws.subscribe("t");
    ws.send(data);
    server.publish("t", data);
    data.fill(2);
    for (const { payload } of await client.frames(2)) {
      expect(payload.equals(Buffer.alloc(size, 1))).toBe(true);
    }
  });

  it("throws for what is no message, and sends nothing", async () => {
    const { ws, client } = await pair();
    // As JavaScript may call it.
    const untyped = ws as unknown as Record<string, (data?: unknown) => number>;
    for (const data of [undefined, null, {}, Object.create(null), new Map(), () => 1, Symbol("s")]) {
      expect(() => untyped["send"]!(data), typeof data).toThrow(TypeError);
    }
    for (const data of [undefined, null, 5, true, {}, []]) {
      expect(() => untyped["sendText"]!(data), String(data)).toThrow(TypeError);
      expect(() => untyped["sendBinary"]!(data), String(data)).toThrow(TypeError);
    }
    ws.subscribe("topic");
    const publishing = ws as unknown as Record<string, (topic: string, data?: unknown) => number>;
    for (const data of [undefined, null, 5, 5n, true, {}, [], [1], new Date(), new URL("http://x/")]) {
      expect(() => publishing["publishText"]!("topic", data), String(data)).toThrow(TypeError);
      expect(() => publishing["publishBinary"]!("topic", data), String(data)).toThrow(TypeError);
    }
    expect(() => untyped["sendText"]!(new Uint8Array(1))).toThrow(TypeError);
    expect(() => untyped["sendBinary"]!("text")).toThrow(TypeError);
    ws.send("end");
    expect(await client.texts(1)).toEqual(["end"]);
  });

  it("publish throws for what is no message, also if nobody is subscribed", async () => {
    const { ws, server } = await pair();
    ws.subscribe("own");
    type Publish = { publish(topic: string, data?: unknown): number };
    for (const data of [undefined, null, {}, new Map(), () => 1, Symbol("s")]) {
      for (const [by, topic] of [
        [ws, "none"],
        [ws, "own"],
        [server, "none"],
        [server, "own"],
      ] as const) {
        expect(() => (by as unknown as Publish).publish(topic, data), topic).toThrow(TypeError);
      }
    }
    const untyped = ws as unknown as Publish;
    expect(
      [5, true, ["a"], new Uint8Array(1), new ArrayBuffer(1), new Blob(["b"]), "text"].map((data) =>
        untyped.publish("none", data),
      ),
    ).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("sends values that have a text of their own as that, as Bun and for Elysia and crossws", async () => {
    const { ws, client, server } = await pair();
    ws.subscribe("t");
    const untyped = ws as unknown as { send(data: unknown): number };
    expect([5, -1.5, true, 7n].map((data) => untyped.send(data))).toEqual([1, 4, 4, 1]);
    const objects = [["a", 1], [], new URL("http://a/b"), new RangeError("x"), Object("boxed")];
    expect(objects.map((data) => untyped.send(data))).toEqual([3, 0, 10, 13, 5]);
    const topic = server as unknown as { publish(topic: string, data: unknown): number };
    expect([topic.publish("t", 42), topic.publish("t", ["b", 2])]).toEqual([2, 3]);
    expect(() => topic.publish("t", { b: 2 })).toThrow(TypeError);
    const texts = ["5", "-1.5", "true", "7", "a,1", "", "http://a/b", "RangeError: x", "boxed", "42", "b,2"];
    expect(await client.texts(texts.length)).toEqual(texts);
  });

  it("sends bytes as such and refuses plain objects, also those of another realm, as under Jest", async () => {
    const { ws, client, server } = await pair();
    ws.subscribe("t");
    const foreign = (code: string): Uint8Array => runInNewContext(code) as Uint8Array;
    const texts = "x.toString = () => 'a text'; x";
    class NamedBlob extends Blob {
      override toString(): string {
        return "a blob";
      }
    }
    const messages = [
      foreign("new Uint8Array([1, 2, 3]).buffer"),
      foreign(`const x = new SharedArrayBuffer(3); ${texts}`),
      foreign(`const x = new Uint8Array(3); ${texts}`),
      Object.assign(new ArrayBuffer(3), { toString: () => "a text" }),
      new NamedBlob(["abc"]),
    ];
    for (const message of messages) {
      ws.send(message);
      server.publish("t", message);
    }
    expect(ws.ping(foreign("new ArrayBuffer(3)"))).toBe(3);
    for (const code of ["({})", "Object.create({})", "new Map()"]) {
      expect(() => ws.send(foreign(code)), code).toThrow(TypeError);
    }
    ws.send(foreign("[1, 2]"));
    ws.send(Object.assign(Object.create(null), { toString: () => "own" }) as Uint8Array);
    const frames = await client.frames(2 * messages.length + 3);
    const shown = frames.map(({ opcode, payload }) => [
      opcode,
      opcode === OPCODE.text ? String(payload) : payload.length,
    ]);
    expect(shown.filter(([opcode]) => opcode === OPCODE.text)).toEqual([
      [OPCODE.text, "1,2"],
      [OPCODE.text, "own"],
    ]);
    expect(shown.filter(([opcode]) => opcode !== OPCODE.text).map(([, length]) => length)).toEqual(
      Array(2 * messages.length + 1).fill(3),
    );
  });

  it("returns 0 once the socket is closed", async () => {
    const { ws, client } = await pair();
    ws.close();
    expect([ws.send("late"), ws.send(new Uint8Array(3)), ws.ping("p"), ws.pong("p")]).toEqual([0, 0, 0, 0]);
    expect(await client.closing()).toEqual({ code: 1000, reason: "" });
  });
});

describe("ping and pong", () => {
  it("carry up to 125 bytes, and return how many", async () => {
    const { ws, client } = await pair();
    const long = "x".repeat(125);
    expect([ws.ping(), ws.ping("hé"), ws.pong(new Uint8Array([1, 2])), ws.pong(long)]).toEqual([
      0, 3, 2, 125,
    ]);
    expect(await client.frames(4)).toEqual([
      { opcode: OPCODE.ping, payload: Buffer.alloc(0) },
      { opcode: OPCODE.ping, payload: Buffer.from("hé") },
      { opcode: OPCODE.pong, payload: Buffer.from([1, 2]) },
      { opcode: OPCODE.pong, payload: Buffer.from(long) },
    ]);
    expect(() => ws.ping("x".repeat(126))).toThrow(RangeError);
    expect(() => ws.pong(new Uint8Array(126))).toThrow(RangeError);
  });

  it("reach their handlers; a ping gets its pong without any", async () => {
    const heard: string[] = [];
    const { client } = await pair({
      ping: (_, data) => void heard.push(`ping ${data}`),
      pong: (_, data) => void heard.push(`pong ${data}`),
    });
    client.send(OPCODE.ping, "one").send(OPCODE.pong, "two");
    expect(await client.frame()).toEqual({ opcode: OPCODE.pong, payload: Buffer.from("one") });
    await until(() => heard.length === 2, "both");
    expect(heard).toEqual(["ping one", "pong two"]);
    const silent = await pair();
    silent.client.send(OPCODE.ping, "three").send(OPCODE.pong, "four");
    expect(await silent.client.frame()).toEqual({ opcode: OPCODE.pong, payload: Buffer.from("three") });
  });
});

describe("messages received", () => {
  it("are strings, and bytes as binaryType says", async () => {
    const received: unknown[] = [];
    const { ws, client } = await pair({
      message: (_, message) => void received.push(message),
      ping: (_, data) => void received.push(data),
    });
    expect(ws.binaryType).toBe("nodebuffer");
    const next = async (count: number): Promise<unknown[]> => {
      await until(() => received.length === count, `${count} messages`);
      return received.splice(0);
    };
    client.text("añ€😀").send(OPCODE.binary, Buffer.from([1, 2]));
    expect(await next(2)).toEqual(["añ€😀", Buffer.from([1, 2])]);
    ws.binaryType = "uint8array";
    client.send(OPCODE.binary, Buffer.from([3, 4])).send(OPCODE.ping, "p");
    const [array, ping] = (await next(2)) as [Uint8Array, Uint8Array];
    expect(Buffer.isBuffer(array)).toBe(false);
    expect([array, ping]).toEqual([new Uint8Array([3, 4]), new Uint8Array([0x70])]);
    ws.binaryType = "arraybuffer";
    client.send(OPCODE.binary, Buffer.from([5, 6, 7]));
    const [buffer] = (await next(1)) as [ArrayBuffer];
    expect(buffer).toBeInstanceOf(ArrayBuffer);
    expect([...new Uint8Array(buffer)]).toEqual([5, 6, 7]);
    ws.binaryType = "blob";
    client.send(OPCODE.binary, Buffer.from([8, 9]));
    const [blob] = (await next(1)) as [Blob];
    expect(blob).toBeInstanceOf(Blob);
    expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([8, 9]);
    expect(() => Object.assign(ws, { binaryType: "text" })).toThrow(TypeError);
    expect(ws.binaryType).toBe("blob");
  });

  it("are what binaryType says in all the spellings that Bun takes", async () => {
    const { ws } = await pair();
    const known = ["buffer", "Uint8Array", "Buffer", "ArrayBuffer", "nodebuffer"].map((binaryType) => {
      Object.assign(ws, { binaryType });
      return ws.binaryType;
    });
    expect(known).toEqual(["nodebuffer", "uint8array", "nodebuffer", "arraybuffer", "nodebuffer"]);
    for (const binaryType of ["Blob", "NodeBuffer", "DataView", null])
      expect(() => Object.assign(ws, { binaryType })).toThrow(TypeError);
  });

  it("are bytes with memory of their own: their buffer shows nothing of what others have sent", async () => {
    const received: Buffer[] = [];
    const { client } = await pair({
      message: (_, message) => void received.push(message as Buffer),
      ping: (_, data) => void received.push(data),
    });
    const half = Buffer.poolSize >>> 1;
    const sizes = [0, 1, 64, 65, 1000, half - 1, half, half + 1, 70_000];
    for (const size of sizes) client.send(OPCODE.binary, Buffer.alloc(size, size & 0xff));
    client.send(OPCODE.ping, "ping");
    client.send(OPCODE.binary, "ab", { fin: false }).send(OPCODE.continuation, "c");
    await until(() => received.length === sizes.length + 2, "all of them");
    expect(received.map((bytes) => bytes.length)).toEqual([...sizes, 4, 3]);
    for (const bytes of received) expect(Buffer.from(bytes.buffer)).toEqual(bytes);
  });

  it("stay as they are when more arrives", async () => {
    const received: Buffer[] = [];
    const { client } = await pair({ message: (_, message) => void received.push(message as Buffer) });
    for (let i = 0; i < 50; i++) {
      client.send(OPCODE.binary, Buffer.alloc(i * 40, i));
      await until(() => received.length === i + 1, `message ${i}`);
    }
    for (const [i, message] of received.entries()) expect(message.equals(Buffer.alloc(i * 40, i))).toBe(true);
  });

  it("are put together of fragments, with control frames between them", async () => {
    const received: unknown[] = [];
    const { client } = await pair({
      message: (ws, message) => {
        received.push(message);
        ws.send("done");
      },
    });
    // Cut inside of a character.
    client.send(OPCODE.text, Buffer.from("a€").subarray(0, 2), { fin: false }).send(OPCODE.ping, "between");
    expect(await client.frame()).toEqual({ opcode: OPCODE.pong, payload: Buffer.from("between") });
    client.send(OPCODE.continuation, Buffer.from("€").subarray(1), { fin: false });
    client.send(OPCODE.continuation, "", { fin: false }).send(OPCODE.continuation, "z");
    expect(await client.texts(1)).toEqual(["done"]);
    expect(received).toEqual(["a€z"]);
  });
});

describe("what a socket tells", () => {
  it("is its state, its client's address, and data that can be replaced", async () => {
    const { ws, client } = await pair();
    expect([ws.readyState, ws.remoteAddress, ws.data, ws.getBufferedAmount()]).toEqual([
      1,
      "127.0.0.1",
      undefined,
      0,
    ]);
    (ws as unknown as ServerWebSocket<string>).data = "new";
    expect(ws.data).toBe("new");
    expect(String(ws)).toBe("[object ServerWebSocket]");
    ws.send("12345");
    expect(ws.getBufferedAmount(), "its client takes everything").toBe(0);
    expect(await client.texts(1)).toEqual(["12345"]);
    expect(ws.getBufferedAmount()).toBe(0);
    ws.close();
    expect(ws.readyState).toBe(3);
  });

  it("cork runs its function and returns what that returns", async () => {
    const { ws, client } = await pair();
    expect(
      ws.cork((corked) => {
        corked.send("a");
        return corked.send("bc");
      }),
    ).toBe(2);
    expect(await client.texts(2)).toEqual(["a", "bc"]);
    expect(
      ws.cork(function (this: unknown) {
        return this;
      }),
    ).toBe(ws);
    expect(() =>
      ws.cork(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(() => ws.cork(5 as unknown as () => void)).toThrow(TypeError);
  });
});

describe("the ws package's client", () => {
  it("understands all of it", async () => {
    const { server } = startWebSockets({
      message(ws, message) {
        ws.ping("are you there?");
        ws.send(message);
      },
      pong: (ws, data) => void ws.close(4321, `pong ${data}`),
    });
    const client = await openWs(server);
    const bytes = Buffer.alloc(70_000, 7);
    client.socket.send(bytes);
    expect((await client.take(1))[0]).toEqual(bytes);
    expect(await client.untilClosed()).toEqual({ code: 4321, reason: "pong are you there?" });
    expect(client.pings).toEqual(["are you there?"]);
  });
});

describe("close()", () => {
  it.each([
    "1000",
    "4001",
    "abc",
    "",
    null,
    true,
    {},
    [],
    1000n,
  ])("takes no %s for a code: a TypeError", async (code) => {
    const { ws, client } = await pair();
    expect(() => ws.close(code as never)).toThrow(TypeError);
    expect(ws.readyState).toBe(1);
    ws.close(undefined);
    expect((await client.closing()).code).toBe(1000);
  });

  it.each([
    -1,
    3.5,
    999,
    1004,
    1015,
    2999,
    5000,
    70_000,
    Number.NaN,
  ])("refuses %d, which is out of range", async (code) => {
    const { ws } = await pair();
    expect(() => ws.close(code)).toThrow(RangeError);
    expect(ws.readyState).toBe(1);
  });
});
