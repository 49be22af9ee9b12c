import { expect } from "vitest";
import { type Frame, writeFrame } from "../src/arbitraries/index.ts";
import { Connection, type ConnectionOptions, type Event, type Output, type State } from "../src/index.ts";
import { PING } from "../src/opcode.ts";

export { runs, some } from "../../../vitest.runs.ts";

/** An output that keeps what it gets. */
export class Sink implements Output {
  readonly parts: Array<string | Uint8Array> = [];

  text(latin1: string): void {
    this.parts.push(latin1);
  }

  bytes(chunk: Uint8Array): void {
    this.parts.push(chunk);
  }

  /** Everything since the last call, as it would be on the wire. */
  flush(): Buffer {
    const parts = this.parts.splice(0);
    return Buffer.concat(
      parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)),
    );
  }
}

/** A connection with a {@link Sink}. */
export interface Side {
  readonly connection: Connection;
  readonly sink: Sink;
}

export function side(role: "server" | "client", options: Partial<ConnectionOptions> = {}): Side {
  const sink = new Sink();
  return { connection: new Connection({ role, output: sink, ...options }), sink };
}

/** Gives `bytes[start, end)` to the connection and returns all events. */
export function receive(connection: Connection, bytes: Uint8Array, start?: number, end?: number): Event[] {
  connection.receive(bytes, start, end);
  const events: Event[] = [];
  for (let event = connection.next(); event !== null; event = connection.next()) events.push(event);
  return events;
}

/** An event as one short line, which compares and prints well. */
export function plain(event: Event): string {
  switch (event.type) {
    case "text":
      return `text ${JSON.stringify(event.text)}`;
    case "close":
      return `close ${event.code} ${JSON.stringify(event.reason)}`;
    case "error":
      return `error ${event.error.code}`;
    default:
      return `${event.type} ${Buffer.from(event.bytes).toString("hex")}`;
  }
}

/** Bytes in front of a lent piece and behind it, which the connection must not read. */
const AROUND = 5;

/**
 * The result of a fresh connection for `pieces`. Each lies in the middle of bigger memory, which is overwritten after it was read, as
 * a transport would.
 */
export function feed(
  role: "server" | "client",
  pieces: readonly Uint8Array[],
  options: Partial<ConnectionOptions> = {},
): { events: string[]; sent: Buffer; state: State } {
  const { connection, sink } = side(role, options);
  const kept: Event[] = [];
  for (const piece of pieces) {
    const around = Buffer.alloc(AROUND, 0xee);
    const lent = Buffer.concat([around, piece, around]);
    const before = Buffer.from(lent);
    kept.push(...receive(connection, lent, AROUND, AROUND + piece.length));
    // Not expect(): it would cost more than all the rest where the pieces are single bytes.
    if (!lent.equals(before)) throw new Error("the lent bytes were written to");
    lent.fill(0xee);
  }
  return { events: kept.map(plain), sent: sink.flush(), state: connection.state };
}

/**
 * The result of a fresh connection for `bytes`, which must be the same when they come whole, byte by byte, in two pieces cut
 * anywhere, and with another frame behind them.
 */
export function feedEveryWay(
  role: "server" | "client",
  bytes: Uint8Array,
  options: Partial<ConnectionOptions> = {},
): { events: string[]; sent: Buffer; state: State } {
  const whole = feed(role, [bytes], options);
  if (bytes.length <= 1000) {
    const bytewise = feed(
      role,
      [...bytes].map((byte) => Uint8Array.of(byte)),
      options,
    );
    expect(bytewise.events).toEqual(whole.events);
    expect(bytewise.state).toBe(whole.state);
  }
  for (const at of splitPlaces(bytes.length)) {
    const halves = feed(role, [bytes.subarray(0, at), bytes.subarray(at)], options);
    expect(halves.events, `cut at ${at}`).toEqual(whole.events);
    expect(halves.state, `cut at ${at}`).toBe(whole.state);
  }
  const behind = wire(role === "server" ? "client" : "server", {
    opcode: PING,
    payload: Buffer.from("behind"),
  });
  const isFinal = whole.state === "closed" || whole.state === "failed";
  const trailed = feed(role, [Buffer.concat([bytes, behind])], options).events;
  expect(trailed).toEqual(isFinal ? whole.events : [...whole.events, "ping 626568696e64"]);
  return whole;
}

/** All places in short input; in long input those near both ends. */
function splitPlaces(length: number): number[] {
  const places = Array.from({ length: length + 1 }, (_, i) => i);
  return length <= 400 ? places : places.filter((at) => at < 20 || at > length - 20 || at === length >> 1);
}

/** Frames on the wire; what is left out is a final, unmasked or fixedly masked, empty frame without reserved bits. */
export function wire(
  from: "client" | "server",
  ...frames: ReadonlyArray<Partial<Frame> & { opcode: number }>
): Buffer {
  const maskKey = from === "client" ? Uint8Array.of(0x37, 0xfa, 0x21, 0x3d) : null;
  const defaults = { fin: true, rsv: 0, maskKey, payload: new Uint8Array() };
  return Buffer.concat(frames.map((frame) => writeFrame({ ...defaults, ...frame })));
}

/** Bytes written as hex, spaces allowed. */
export function hex(digits: string): Buffer {
  return Buffer.from(digits.replaceAll(" ", ""), "hex");
}

export const ROLES: readonly ["server", "client"] = ["server", "client"];

/** The role of the sender to a connection of this role. */
export function peerOf(role: "server" | "client"): "client" | "server" {
  return role === "server" ? "client" : "server";
}
