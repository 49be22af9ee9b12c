import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { parseAddress } from "../../src/client/address.ts";
import { DEFAULT_CLIENT_LIMITS, LINGER } from "../../src/client/limits.ts";
import { resolveSettings, type WebSocketOptions } from "../../src/client/options.ts";
import { Session } from "../../src/client/session.ts";
import type { Outcome, SessionListener } from "../../src/client/session-listener.ts";
import { CLOSE, PING, TEXT } from "../../src/opcode.ts";
import { wire } from "../support.ts";
import { afterTest, closeStatus, type RawPeer, rawPair, TestClock, until } from "./support.ts";

/** Keeps its calls. */
class Listener implements SessionListener {
  readonly peerEvents: string[] = [];
  outcome: Outcome | null = null;

  opened(): void {
    this.peerEvents.push("opened");
  }

  message(data: string | Buffer): void {
    this.peerEvents.push(`message ${data}`);
  }

  control(type: "ping" | "pong"): void {
    this.peerEvents.push(type);
  }

  closing(): void {
    this.peerEvents.push("closing");
  }

  closed(outcome: Outcome): void {
    this.peerEvents.push(`closed ${outcome.code}`);
    this.outcome = outcome;
  }
}

interface SetUp {
  readonly session: Session;
  readonly listener: Listener;
  readonly clock: TestClock;
  readonly peer: RawPeer;
}

async function connecting(options: WebSocketOptions = {}): Promise<SetUp> {
  const listener = new Listener();
  const clock = new TestClock();
  let session: Session | null = null;
  const peer = await rawPair((url) => {
    session = new Session(parseAddress(url), resolveSettings(options), listener, clock);
    afterTest(() => session?.terminate());
  });
  return { session: session!, listener, clock, peer };
}

async function opened(options: WebSocketOptions = {}): Promise<SetUp> {
  const setUp = await connecting(options);
  await setUp.peer.accept();
  await until(() => setUp.listener.peerEvents.length === 1, "opened");
  return setUp;
}

async function ended(listener: Listener): Promise<Outcome> {
  await until(() => listener.outcome !== null, "the end");
  return listener.outcome!;
}

const closeFrame = wire("server", { opcode: CLOSE, payload: Buffer.of(0x0f, 0xa0) });

describe("the opening handshake", () => {
  it("must be done in handshakeTimeout", async () => {
    const { listener, clock, peer } = await connecting();
    clock.pass(DEFAULT_CLIENT_LIMITS.handshakeTimeout - 1);
    expect(listener.peerEvents).toEqual([]);
    clock.pass(1);
    expect(await ended(listener)).toMatchObject({
      code: 1006,
      wasClean: false,
      error: { code: "HANDSHAKE_TIMEOUT" },
    });
    await until(() => peer.ended, "the server gets the end");
    expect(clock.idle).toBe(true);
  });

  it("must be, even if the server trickles its response", async () => {
    const { listener, clock, peer } = await connecting({ handshakeTimeout: 1000 });
    peer.socket.write("HTTP/1.1 101 Switching Protocols\r\n");
    for (let i = 0; i < 9; i++) {
      peer.socket.write("X: y\r\n");
      clock.pass(100);
    }
    expect(listener.peerEvents).toEqual([]);
    clock.pass(100);
    expect(await ended(listener)).toMatchObject({ error: { code: "HANDSHAKE_TIMEOUT" } });
  });

  it("has no limit if it is 0", async () => {
    const { listener, clock } = await connecting({ handshakeTimeout: 0 });
    expect(clock.idle).toBe(true);
    clock.pass(1e9);
    expect(listener.peerEvents).toEqual([]);
  });

  it("leaves no timer behind", async () => {
    const { clock } = await opened();
    expect(clock.idle).toBe(true);
  });
});

describe("the closing handshake", () => {
  it("is given up when the server does not respond to our Close frame", async () => {
    const { session, listener, clock, peer } = await opened();
    session.close(1000, "");
    await until(() => peer.frames.length === 1, "our Close frame");
    clock.pass(DEFAULT_CLIENT_LIMITS.closeTimeout);
    expect(await ended(listener)).toEqual({ code: 1006, reason: "", wasClean: false, error: null });
    expect(clock.idle).toBe(true);
  });

  it("is given up when the server does not close the connection behind both frames, and was clean", async () => {
    const { session, listener, clock, peer } = await opened({ closeTimeout: 500 });
    session.close(4000, "");
    await until(() => peer.frames.length === 1, "our Close frame");
    peer.socket.write(closeFrame);
    await until(() => listener.peerEvents.includes("closing"), "theirs");
    clock.pass(499);
    expect(listener.outcome).toBeNull();
    expect(peer.ended).toBe(false);
    clock.pass(1);
    expect(await ended(listener)).toEqual({ code: 4000, reason: "", wasClean: true, error: null });
  });

  it("is given up in the same way when the server has begun it", async () => {
    const { session, listener, clock, peer } = await opened({ closeTimeout: 500 });
    peer.socket.write(closeFrame);
    await until(() => peer.frames.length === 1, "the response");
    expect(session.pause()).toBe(false);
    clock.pass(500);
    expect(await ended(listener)).toEqual({ code: 4000, reason: "", wasClean: true, error: null });
    expect(listener.peerEvents).toEqual(["opened", "closing", "closed 4000"]);
  });

  it("may take longer as long as the server takes the data before it, also of one message", async () => {
    const { session, listener, clock, peer } = await opened({ closeTimeout: 500 });
    peer.socket.pause();
    session.sender.message(new Uint8Array(32 << 20));
    session.close(1000, "");
    // Bytes that the system took at once are reported in this turn.
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = session.sender.buffered;
    expect(waiting).toBeGreaterThan(0);
    peer.socket.resume();
    await until(() => session.sender.buffered < waiting, "progress");
    clock.pass(500);
    expect(listener.outcome).toBeNull();
    await until(() => session.sender.buffered === 0, "all taken");
    await until(() => {
      clock.pass(500);
      return listener.outcome !== null;
    }, "given up");
    expect(listener.outcome).toMatchObject({ code: 1006, error: null });
  });

  it("is read although the connection is paused", async () => {
    const { session, listener, peer } = await opened();
    expect(session.pause()).toBe(true);
    session.close(4000, "");
    expect([session.paused, session.pause()]).toEqual([false, false]);
    peer.socket.end(closeFrame);
    expect(await ended(listener)).toMatchObject({ code: 4000, wasClean: true });
  });
});

describe("a failure", () => {
  it("gives the server a moment to read the Close frame, and reads nothing more", async () => {
    const { listener, clock, peer } = await opened();
    peer.socket.write(
      wire("server", { opcode: TEXT, payload: Buffer.of(0xff) }, { opcode: TEXT, payload: Buffer.from("x") }),
    );
    await until(() => peer.ended, "our side is closed");
    expect(peer.frames.map(({ payload }) => closeStatus(payload).slice(0, 4))).toEqual(["1007"]);
    for (let i = 0; i < 10; i++) peer.socket.write(Buffer.alloc(100_000, 0x81));
    expect(listener.peerEvents).toEqual(["opened", "closing"]);
    clock.pass(LINGER);
    expect(await ended(listener)).toMatchObject({
      code: 1006,
      error: { code: "TEXT_UTF8", closeCode: 1007 },
    });
    expect(clock.idle).toBe(true);
  });

  it("is still the reason after terminate()", async () => {
    const { session, listener, peer } = await opened();
    peer.socket.write(wire("server", { opcode: 3 }));
    await until(() => listener.peerEvents.includes("closing"), "the failure");
    session.terminate();
    expect(await ended(listener)).toMatchObject({ error: { code: "RESERVED_OPCODE" } });
  });
});

describe("pause", () => {
  it("stops in the middle of the read bytes, and resume continues there", async () => {
    const { session, listener, peer } = await opened();
    const { message } = listener;
    listener.message = (data) => {
      message.call(listener, data);
      session.pause();
    };
    const texts = ["1", "2", "3"].map((text) => ({ opcode: TEXT, payload: Buffer.from(text) }));
    peer.socket.write(wire("server", ...texts));
    for (const expected of ["message 1", "message 2", "message 3"]) {
      await until(() => listener.peerEvents.at(-1) === expected, expected);
      expect(session.paused).toBe(true);
      const { length } = listener.peerEvents;
      expect(session.resume()).toBe(true);
      expect(listener.peerEvents).toHaveLength(length);
    }
    expect(listener.peerEvents).toEqual(["opened", "message 1", "message 2", "message 3"]);
    peer.socket.end(closeFrame);
    expect(await ended(listener)).toMatchObject({ code: 4000 });
    expect([session.pause(), session.resume(), session.paused]).toEqual([false, false, false]);
  });

  it("keeps the end of the connection behind the bytes before it", async () => {
    const { session, listener, peer } = await opened();
    const { message } = listener;
    listener.message = (data) => {
      message.call(listener, data);
      session.pause();
    };
    const texts = ["1", "2"].map((text) => ({ opcode: TEXT, payload: Buffer.from(text) }));
    peer.socket.end(Buffer.concat([wire("server", ...texts), closeFrame]));
    await until(() => listener.peerEvents.length === 2, "the first");
    // Loopback delivers in order of time: bytes that are sent to another connection now come behind the end of this one.
    if (!peer.socket.writableFinished) await once(peer.socket, "finish");
    await opened();
    expect(listener.peerEvents).toEqual(["opened", "message 1"]);
    session.resume();
    await until(() => listener.peerEvents.length === 3, "the second");
    session.resume();
    expect(await ended(listener)).toMatchObject({ code: 4000, wasClean: true });
    expect(listener.peerEvents).toEqual(["opened", "message 1", "message 2", "closing", "closed 4000"]);
    await until(() => peer.closed, "the connection is closed");
  });

  it("before the connection is open begins with it", async () => {
    const { session, listener, peer } = await connecting();
    expect(session.pause()).toBe(true);
    await peer.accept(wire("server", { opcode: TEXT, payload: Buffer.from("x") }));
    await until(() => listener.peerEvents.length === 1, "opened");
    peer.socket.write(wire("server", { opcode: TEXT, payload: Buffer.from("y") }));
    expect(listener.peerEvents).toEqual(["opened"]);
    session.resume();
    await until(() => listener.peerEvents.length === 3, "both");
    expect(listener.peerEvents).toEqual(["opened", "message x", "message y"]);
  });

  it("makes the server's sending back up", async () => {
    const { session, peer } = await opened();
    session.pause();
    const frame = wire("server", { opcode: TEXT, payload: Buffer.alloc(60_000, "x") });
    let backedUp = 0;
    for (let i = 0; i < 1000; i++) peer.socket.write(frame);
    await until(() => {
      const { writableLength } = peer.socket;
      const same = writableLength === backedUp;
      backedUp = writableLength;
      return same;
    }, "nothing more is taken");
    expect(backedUp).toBeGreaterThan(10_000_000);
  });
});

describe("pings whose pongs the server does not read", () => {
  it("are not read without end, and again as soon as it reads", async () => {
    const { session, listener, peer } = await opened();
    peer.socket.pause();
    // More than the system takes.
    for (let i = 0; i < 16; i++) session.sender.message(new Uint8Array(1 << 20));
    const ping = wire("server", { opcode: PING, payload: Buffer.alloc(125) });
    const count = (): number => listener.peerEvents.filter((one) => one === "ping").length;
    let sent = 0;
    while (sent - count() < 20_000) {
      for (let i = 0; i < 1000; i++) peer.socket.write(ping);
      sent += 1000;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(session.sender.buffered).toBeGreaterThan(0);
    peer.socket.resume();
    await until(() => count() === sent, "all pings");
  });
});

describe("terminate", () => {
  it("ends at once, without a failure", async () => {
    const { session, listener, peer, clock } = await opened();
    session.sender.message("last words");
    session.terminate();
    expect(await ended(listener)).toEqual({ code: 1006, reason: "", wasClean: false, error: null });
    await until(() => peer.closed || peer.ended, "the server gets the end");
    expect(peer.frames).toEqual([{ opcode: TEXT, payload: "last words" }]);
    session.terminate();
    session.close(1000, "");
    expect(listener.peerEvents).toEqual(["opened", "closing", "closed 1006"]);
    expect(clock.idle).toBe(true);
  });

  it("within a message's handler: messages that were read with it are dropped", async () => {
    const { session, listener, peer } = await opened();
    const { message } = listener;
    listener.message = (data) => {
      message.call(listener, data);
      session.terminate();
    };
    const texts = ["1", "2"].map((text) => ({ opcode: TEXT, payload: Buffer.from(text) }));
    peer.socket.write(wire("server", ...texts));
    await ended(listener);
    expect(listener.peerEvents).toEqual(["opened", "message 1", "closing", "closed 1006"]);
  });

  it("before the connection is open is a failure", async () => {
    const { session, listener } = await connecting();
    session.terminate();
    expect(await ended(listener)).toMatchObject({ code: 1006, error: { code: "CLOSED_EARLY" } });
    expect(listener.peerEvents).toEqual(["closed 1006"]);
  });
});

describe("a Blob that cannot be read", () => {
  it("fails the connection, with a Close frame", async () => {
    const { session, listener, peer } = await opened();
    const broken = new Blob(["x"]);
    broken.arrayBuffer = () => Promise.reject(new Error("gone"));
    session.sender.message(broken);
    session.sender.message("behind");
    await until(() => peer.ended, "our side is closed");
    expect(peer.frames.map(({ payload }) => closeStatus(payload))).toEqual(["1011"]);
    peer.socket.end();
    expect(await ended(listener)).toMatchObject({ code: 1006, error: { code: "BLOB_UNREADABLE" } });
    expect(session.sender.buffered).toBe(7);
  });
});
