import { Buffer } from "node:buffer";
import { nextTick } from "node:process";
import { isErrored, isReadable, type Readable } from "node:stream";
import { clearImmediate, setImmediate } from "node:timers";
import { asBytes } from "../fetch/streams.ts";
import { JoinedChunks } from "./joined-chunks.ts";

export type Reader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * So many bytes, in more than one chunk, are read before the head leaves, and leave together with it: a write queue holds 64 KiB. A client that
 * takes no more than this makes the stream wait.
 */
export const HIGH_WATER_BYTES: number = 60 * 1024;

/**
 * The share of a stream in one turn of the event loop. Without it the promises of a stream that always has more would keep the loop: no
 * other client would be served, and the departure of this one would not be noticed.
 */
export const BURST_BYTES: number = 256 * 1024;
/** A small or empty chunk counts as this many bytes: its promises cost as much. */
export const LEAST_BYTES = 1024;

/** What a stream had ready. */
export interface ReadAhead {
  readonly ready: JoinedChunks;
  /** This is all that the stream gives. */
  readonly ended: boolean;
  /** The last read, if the stream has not given its chunk yet. */
  readonly reading: ReturnType<Reader["read"]> | null;
  /** What is left of the stream's share of this turn. */
  readonly burst: number;
}

/** A text or bytes in the platform's Response need two (Node.js 20 to 26), and one if the response is older than the turn. */
const MOST_PROMISES = 4;

const NOTHING = new Uint8Array(0);

/**
 * Looks whether a stream gives one chunk and ends, as the platform's do that are made of a text or of bytes: a few promises after the
 * first read, and with no other reads or timers.
 * @param first the first read of the stream
 * @returns the chunk, in the stream's own memory; null for a stream of which more has to be read
 * @throws TypeError (rejects) for a chunk that cannot be sent
 */
export async function onlyChunk(
  stream: ReadableStream<Uint8Array>,
  first: ReturnType<Reader["read"]>,
): Promise<Uint8Array | null> {
  let result: Awaited<typeof first> | undefined;
  first.then(
    (read) => {
      result = read;
    },
    // Its next reader gets the error.
    () => {},
  );
  for (let promises = 0; promises < MOST_PROMISES; promises++) {
    await null;
    if (result === undefined || isOpen(stream)) continue;
    return result.done ? NOTHING : asBytes(result.value);
  }
  return null;
}

/** Whether there may be more of a stream, or an error. `@types/node` declares these functions for streams of Node.js alone. */
function isOpen(stream: ReadableStream): boolean {
  const known = stream as unknown as Readable;
  return isReadable(known) !== false || isErrored(known);
}

/**
 * Reads what a stream has ready. If that is all, the response leaves with its length and in one write, as most do: to us every body
 * of the platform's is a stream.
 * @param first the first read, if it has been made
 * @returns null if the response is over
 * @throws what the stream throws (rejects); TypeError for a chunk that cannot be sent
 */
export async function readAhead(
  reader: Reader,
  isOver: () => boolean,
  first?: ReturnType<Reader["read"]>,
): Promise<ReadAhead | null> {
  const ready = new JoinedChunks();
  let counted = 0;
  let burst = BURST_BYTES;
  let reading: ReadAhead["reading"] = first ?? null;
  const turn = new SameTick(() => ready.settle());
  try {
    // Behind one large chunk there is often nothing more.
    for (let count = 0; count < MOST_READS && (ready.size < HIGH_WATER_BYTES || counted === 1); count++) {
      reading ??= reader.read();
      const result = await turn.outcome(reading);
      if (isOver()) return null;
      if (result === null) break;
      reading = null;
      if (result.done) return { ready, ended: true, reading, burst };
      const bytes = asBytes(result.value);
      burst -= Math.max(bytes.length, LEAST_BYTES);
      if (bytes.length === 0) continue;
      // A copy: it is kept while the next one is made, which may be in the same memory.
      ready.add(bytes);
      counted++;
    }
  } finally {
    turn.stop();
  }
  return { ready, ended: false, reading, burst };
}

/** The bytes of all chunks. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/**
 * Reads before the head leaves: the stream's share of a turn. The promises of empty chunks alone would keep the loop, and many
 * small chunks would take more memory than they have bytes.
 */
const MOST_READS = BURST_BYTES / LEAST_BYTES;

/** The head waits no longer: a stream that gives something in each turn for ever must be visible from its beginning. */
const MOST_TURNS = 3;

/** Tells a value that is ready from one that takes longer than the turn of the event loop in which it is requested. */
class SameTick {
  #giveUp: (nothing: null) => void = () => {};
  #immediate: NodeJS.Immediate | undefined;
  #scheduled = false;
  #turns = 0;
  /** Runs behind the promises of a tick, if something is awaited longer. */
  readonly #behind: () => void;

  constructor(behind: () => void) {
    this.#behind = behind;
  }

  /** The promise's value, or null if this turn ends before there is one. */
  outcome<T>(promise: Promise<T>): Promise<T | null> {
    clearImmediate(this.#immediate);
    // Behind the promises, and so once for everything that is ready together.
    if (!this.#scheduled) nextTick(() => this.#await());
    this.#scheduled = true;
    return new Promise((resolve, reject) => {
      promise.then(resolve, reject);
      this.#giveUp = resolve;
    });
  }

  #await(): void {
    this.#scheduled = false;
    if (++this.#turns > MOST_TURNS) {
      this.#giveUp(null);
      return;
    }
    this.#behind();
    this.#immediate = setImmediate(() => this.#giveUp(null));
  }

  /** Called after the last read. */
  stop(): void {
    clearImmediate(this.#immediate);
    this.#turns = MOST_TURNS;
  }
}
