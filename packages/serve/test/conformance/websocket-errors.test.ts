import { captureErrors } from "@mantou/testing/errors";
import { clientFrame, closePayload, OPCODE } from "@mantou/testing/raw-websocket";
import { turns, until } from "@mantou/testing/wait";
import { ERRORS, type ErrorCode } from "@mantou/websocket";
import { describe, expect, it } from "vitest";
import { startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

const LIMIT = 100_000;

/** What a client sends to run into each row of the table of protocol errors. */
const OFFENCES: { readonly [Code in ErrorCode]?: () => Buffer } = {
  RESERVED_BITS: () => clientFrame(OPCODE.text, "", { rsv: 4 }),
  RESERVED_OPCODE: () => clientFrame(3),
  CONTROL_FRAGMENTED: () => clientFrame(OPCODE.ping, "", { fin: false }),
  CONTROL_TOO_LONG: () => clientFrame(OPCODE.ping, Buffer.alloc(126)),
  MASK_MISSING: () => clientFrame(OPCODE.text, "bare", { masked: false }),
  LENGTH_NOT_MINIMAL: () => Buffer.from("82fe000100000000ff", "hex"),
  LENGTH_HIGH_BIT: () => Buffer.from("82ff800000000000000000000000", "hex"),
  CONTINUATION_WITHOUT_START: () => clientFrame(OPCODE.continuation, "more"),
  MESSAGE_INTERRUPTED: () =>
    Buffer.concat([clientFrame(OPCODE.text, "a", { fin: false }), clientFrame(OPCODE.text, "b")]),
  CLOSE_PAYLOAD: () => clientFrame(OPCODE.close, "x"),
  CLOSE_CODE: () => clientFrame(OPCODE.close, closePayload(1005)),
  CLOSE_REASON_UTF8: () => clientFrame(OPCODE.close, Buffer.from("03e8ff", "hex")),
  TEXT_UTF8: () => clientFrame(OPCODE.text, Buffer.from("c328", "hex")),
  FRAME_TOO_BIG: () => clientFrame(OPCODE.binary, Buffer.alloc(LIMIT + 1)),
  MESSAGE_TOO_BIG: () =>
    Buffer.concat([
      clientFrame(OPCODE.binary, Buffer.alloc(LIMIT), { fin: false }),
      clientFrame(OPCODE.continuation, "x"),
    ]),
  TOO_MANY_FRAGMENTS: () =>
    Buffer.concat([
      clientFrame(OPCODE.binary, "x", { fin: false }),
      ...Array.from({ length: 23_000 }, () => clientFrame(OPCODE.continuation, "x", { fin: false })),
    ]),
  TOO_MANY_EMPTY_FRAGMENTS: () =>
    Buffer.concat(
      Array.from({ length: 130 }, (_, i) =>
        clientFrame(i === 0 ? OPCODE.binary : OPCODE.continuation, "", { fin: false }),
      ),
    ),
};

/** A server cannot meet with these: it negotiates no extension, and its clients are the ones who mask. */
const IMPOSSIBLE: readonly ErrorCode[] = ["UNDECODABLE", "MASK_FORBIDDEN"];

describe("a client that breaks the protocol", () => {
  it("can do so in every way that the table knows", () => {
    expect([...Object.keys(OFFENCES), ...IMPOSSIBLE].sort()).toEqual(Object.keys(ERRORS).sort());
  });

  it.each(Object.entries(OFFENCES))("gets the reason, and the application 1006: %s", async (name, offend) => {
    const { closeCode, message } = ERRORS[name as ErrorCode];
    const heard: unknown[] = [];
    const { server, connect } = startWebSockets({
      maxPayloadLength: LIMIT,
      message: (ws, received) => {
        heard.push(received);
        ws.send(received);
      },
      close: (_, code, reason) => void heard.push([code, reason]),
    });
    const [offender, bystander] = [await connect(), await connect()];
    offender.client.text("innocent");
    expect(await offender.client.texts(1)).toEqual(["innocent"]);
    offender.client.client.write(offend()).write(clientFrame(OPCODE.text, "not heard"));
    expect(await offender.client.closing()).toEqual({ code: closeCode, reason: message });
    await offender.client.client.closedByServer();
    expect(offender.client.take()).toEqual([]);
    expect(heard).toEqual(["innocent", [1006, message]]);
    expect([offender.ws.readyState, offender.ws.send("?"), server.pendingWebSockets]).toEqual([3, 0, 1]);
    bystander.client.text("undisturbed");
    expect(await bystander.client.texts(1)).toEqual(["undisturbed"]);
    offender.client.client.end();
    await until(() => server.webSockets.size === 1, "the offender is gone");
  });
});

describe("maxPayloadLength", () => {
  it("is what just fits, in one frame and in several", async () => {
    const sizes: number[] = [];
    const { connect } = startWebSockets({
      maxPayloadLength: 1000,
      message: (_, message) => void sizes.push(message.length),
    });
    const { client } = await connect();
    client.send(OPCODE.binary, Buffer.alloc(1000));
    client
      .send(OPCODE.binary, Buffer.alloc(500), { fin: false })
      .send(OPCODE.continuation, Buffer.alloc(500));
    await until(() => sizes.length === 2, "two messages");
    expect(sizes).toEqual([1000, 1000]);
    client.send(OPCODE.binary, Buffer.alloc(1001));
    expect((await client.closing()).code).toBe(1009);
  });

  it("is refused by the length that a frame announces, before it comes", async () => {
    const { connect } = startWebSockets();
    const { client } = await connect();
    client.client.write(Buffer.from("82ff00000000400000000000000000", "hex"));
    expect((await client.closing()).code).toBe(1009);
  });

  it("of 0 lets only empty messages through", async () => {
    const { connect } = startWebSockets({ maxPayloadLength: 0, message: (ws) => void ws.send("empty") });
    const { client } = await connect();
    expect(await client.text("").texts(1)).toEqual(["empty"]);
    client.text("x");
    expect((await client.closing()).code).toBe(1009);
  });
});

describe("a client that only pings", () => {
  it("gets a pong for each of those that came together, in their order", async () => {
    const { connect } = startWebSockets();
    const { client } = await connect();
    client.client.write(
      Buffer.concat(Array.from({ length: 100 }, (_, i) => clientFrame(OPCODE.ping, String(i)))),
    );
    for (let i = 0; i < 100; i++) {
      const { opcode, payload } = await client.frame();
      expect([opcode, payload.toString()]).toEqual([OPCODE.pong, String(i)]);
    }
  });

  it("within a message, in the same packet, has the pongs before the message's reply", async () => {
    const { connect } = startWebSockets({ message: (ws, message) => void ws.send(message) });
    const { client } = await connect();
    client.client.write(
      Buffer.concat([
        clientFrame(OPCODE.text, "one ", { fin: false }),
        clientFrame(OPCODE.ping, "1"),
        clientFrame(OPCODE.continuation, "two ", { fin: false }),
        clientFrame(OPCODE.ping, "2"),
        clientFrame(OPCODE.continuation, "three"),
        clientFrame(OPCODE.ping, "3"),
      ]),
    );
    const heard: string[] = [];
    for (let i = 0; i < 4; i++) {
      const { opcode, payload } = await client.frame();
      heard.push(`${opcode} ${payload.toString()}`);
    }
    expect(heard).toEqual(["10 1", "10 2", "1 one two three", "10 3"]);
  });

  it("in 65,536 fragments of 64 bytes sends a message of 4 MiB, which arrives", async () => {
    const lengths: number[] = [];
    const { connect } = startWebSockets({ message: (_, message) => void lengths.push(message.length) });
    const { client } = await connect();
    const fragment = clientFrame(OPCODE.continuation, "x".repeat(64), { fin: false });
    client.client.write(clientFrame(OPCODE.text, "x".repeat(64), { fin: false }));
    client.client.write(Buffer.concat(Array.from({ length: 65_534 }, () => fragment)));
    client.client.write(clientFrame(OPCODE.continuation, "x".repeat(64)));
    await until(() => lengths.length > 0, "the message arrives");
    expect(lengths).toEqual([4 * 1024 * 1024]);
  });

  it("and does not read cannot make the server keep more and more pongs", async () => {
    let pings = 0;
    const { connect } = startWebSockets({ ping: () => void pings++ });
    const { ws, client } = await connect();
    client.client.socket.pause();
    ws.send(Buffer.alloc(24_000_000));
    await until(() => ws.getBufferedAmount() > 0, "a backlog");
    const before = ws.getBufferedAmount();
    const payload = "x".repeat(125);
    const sent = 3_000;
    for (let i = 1; i <= sent; i++) {
      const heard = pings;
      client.send(OPCODE.ping, payload);
      // One by one, so that each gets a pong of its own, until the server reads no more.
      if (i <= 129) await until(() => pings > heard, "the ping is heard");
      else await turns(1);
    }
    expect(pings).toBeLessThan(1_000);
    expect(ws.getBufferedAmount() - before).toBeLessThan(1_000 * 127);
    client.client.socket.resume();
    await until(() => pings === sent, "all are heard in the end");
  });
});
