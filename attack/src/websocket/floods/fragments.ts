import { Buffer } from "node:buffer";
import { constants, deflateRawSync } from "node:zlib";
import { type Attack, type Measured, type Settings, turnLimit } from "../../attack.ts";
import { measure } from "./measure.ts";
import { frame, OPCODE, Peer } from "./peer.ts";

const FRAGMENTS = 2_000_000;
/** Fragments that are sent at once. */
const BATCH = 8_000;

const BOMBS = 200;
/** The default of `maxPayloadLength`. */
const BOMB_BYTES = 16 * 2 ** 20;
const DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
/** Another client's message. */
const OTHER_BYTES = 200_000;
/** The end of each block that RFC 7692 §7.2.1 has removed. */
const TAIL_BYTES = 4;

/** A client sends `count` fragments of one message, each of `size` bytes, and never the last one. */
export function sendFragments(settings: Settings, size: number, count: number): Promise<readonly Measured[]> {
  // One poll reads up to 2 MiB of a socket (libuv: 32 times our 64 KiB), and that is 300,000 fragments: 40 ms, and more on a busy machine.
  const turn = Math.max(100, turnLimit(settings));
  return measure(settings, { memory: 64, turn, wait: 1_000 }, async (target) => {
    const peer = await Peer.open(target);
    const payload = Buffer.alloc(size, "f");
    await peer.write(frame(OPCODE.text, payload, { fin: false }));
    const batch = Buffer.concat(Array(BATCH).fill(frame(OPCODE.continuation, payload, { fin: false })));
    for (let sent = 0; sent < count; sent += BATCH) if (!(await peer.write(batch))) break;
    peer.leave();
    return [];
  });
}

/** A client sends `count` small messages that inflate to 16 MiB each, beside another one's compressed messages. */
export function sendBombs(settings: Settings, count: number): Promise<readonly Measured[]> {
  const other = { bytes: compressed(varied(OTHER_BYTES)), extensions: DEFLATE };
  const flood: Parameters<typeof measure>[2] = async (target) => {
    const peer = await Peer.open(target, DEFLATE);
    const bomb = compressed(Buffer.alloc(BOMB_BYTES));
    for (let sent = 0; sent < count; sent++) if (!(await peer.write(bomb))) break;
    peer.leave();
    return [];
  };
  return measure(settings, { memory: 160, wait: 1_000 }, flood, other);
}

function compressed(message: Uint8Array): Buffer {
  const deflated = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH });
  return frame(OPCODE.binary, deflated.subarray(0, -TAIL_BYTES), { rsv1: true });
}

/** Bytes that compress to about half their size. */
function varied(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0, seed = 1; i < length; i++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    bytes[i] = (seed >> 16) & 0x0f;
  }
  return bytes;
}

export const fragments: readonly Attack[] = [
  {
    name: "fragments of 0 bytes",
    about: "A message of two million empty fragments, and no end; refused, or of bounded memory.",
    run: (settings) => sendFragments(settings, 0, FRAGMENTS),
  },
  {
    name: "fragments of 1 byte",
    about: "A message of two million fragments, and no end; memory is bounded by maxPayloadLength.",
    run: (settings) => sendFragments(settings, 1, FRAGMENTS),
  },
  {
    name: "messages that inflate to 16 MiB",
    about: "A client sends 200 of 16 KB; another one's compressed messages do not wait for all of them.",
    run: (settings) => sendBombs(settings, BOMBS),
  },
];
