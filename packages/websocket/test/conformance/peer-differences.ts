import type { Sender } from "../../src/arbitraries/index.ts";
import { DEFAULT_LIMITS, type ErrorCode } from "../../src/index.ts";
import { ending, type Input, type Outcome } from "../peers.ts";
import { hex, wire } from "../support.ts";

export type Peer = "ws server" | "ws client" | "undici client" | "Bun server" | "Bun client";

/** The inputs of which a peer has other events than we have; the suites check that the differences still exist. */
export interface Difference extends Input {
  /** The code of our failure; null if we receive a message. */
  readonly error: ErrorCode | null;
  readonly peers: readonly Peer[];
  readonly theirs: Outcome;
  readonly reason: string;
}

const CLIENTS: readonly Peer[] = ["ws client", "undici client", "Bun client"];
const ALL: readonly Peer[] = ["ws server", "Bun server", ...CLIENTS];

/** The differences for bytes from `from`. */
export function differences(from: Sender): Difference[] {
  const text = Buffer.from("x");
  const empties = Array.from({ length: 200 }, (_, i) => ({ opcode: i === 0 ? 1 : 0, fin: i === 199 }));
  const fragment = { opcode: 2, fin: false, payload: text };
  const tooMuch = { opcode: 0, announced: BigInt(DEFAULT_LIMITS.messageBytes) };
  return [
    {
      error: "LENGTH_NOT_MINIMAL",
      name: "a length of 16 bits for one byte",
      peers: ALL,
      bytes: Buffer.concat([wire(from, { opcode: 1, lengthBits: 16, payload: text }), ending(from)]),
      theirs: { received: ['text "x"'], closeCode: 4321 },
      reason: "§5.2 demands the shortest form; they accept others.",
    },
    {
      error: "LENGTH_HIGH_BIT",
      name: "a length with its highest bit set",
      peers: ALL,
      bytes: wire(from, { opcode: 2, announced: 1n << 63n }),
      theirs: { received: [], closeCode: 1009 },
      reason: "It breaks §5.2, so the code is 1002; to them it is just too much.",
    },
    {
      error: "TOO_MANY_EMPTY_FRAGMENTS",
      name: "a text of 200 empty fragments",
      peers: ALL,
      bytes: Buffer.concat([wire(from, ...empties), ending(from)]),
      theirs: { received: ['text ""'], closeCode: 4321 },
      reason: "The limit is ours: see limits.ts.",
    },
    {
      error: "MESSAGE_TOO_BIG",
      name: "a fragment's header that announces more than the message may have",
      peers: ["Bun server"],
      bytes: wire(from, fragment, tooMuch),
      fin: true,
      theirs: { received: [], closeCode: null },
      reason: "Bun counts a message's bytes when they have come, not when they are announced.",
    },
    {
      error: "MESSAGE_TOO_BIG",
      name: "a message of more than 16 MiB",
      peers: CLIENTS,
      bytes: wire(from, fragment, tooMuch),
      fin: true,
      theirs: { received: [], closeCode: null },
      reason: "Each implementation has its own limits. Theirs is higher, so they wait for the rest.",
    },
    {
      error: "FRAME_TOO_BIG",
      name: "a frame of more than 16 MiB",
      peers: CLIENTS,
      bytes: Buffer.concat([hex("827f"), hex((2n ** 24n + 1n).toString(16).padStart(16, "0"))]),
      fin: true,
      theirs: { received: [], closeCode: null },
      reason: "As above.",
    },
    {
      error: null,
      name: "a byte order mark at the beginning of a text",
      peers: ["undici client"],
      bytes: Buffer.concat([wire(from, { opcode: 1, payload: Buffer.from("\ufeffx") }), ending(from)]),
      theirs: { received: ['text "x"'], closeCode: 4321 },
      reason: "§5.6: the mark is part of the text. undici decodes with a TextDecoder that takes it away.",
    },
  ];
}

/** The differences from `peer`, which listens to `from`. */
export function differencesOf(peer: Peer, from: Sender): Difference[] {
  return differences(from).filter(({ peers }) => peers.includes(peer));
}
