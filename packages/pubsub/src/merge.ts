import type { Slice } from "./batch.ts";

interface Run<M> {
  readonly messages: readonly M[];
  readonly sequences: readonly number[];
}

/**
 * The messages of all slices in publish order. Slices that follow one another are joined, as those of topics with one message each.
 * Others are merged in pairs, then the results in pairs, which costs n·log(k) for n messages out of k topics.
 */
export function merge<M>(slices: readonly Slice<M>[]): readonly M[] {
  const [only] = slices;
  if (slices.length === 1 && only !== undefined) return only.messages();
  if (followOneAnother(slices)) return join(slices);
  let runs: Run<M>[] = slices.map((slice) => ({
    messages: slice.messages(),
    sequences: slice.sequences(),
  }));
  while (runs.length > 1) {
    const merged: Run<M>[] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const left = runs[i] as Run<M>;
      const right = runs[i + 1];
      merged.push(right === undefined ? left : mergeTwo(left, right));
    }
    runs = merged;
  }
  return runs[0]?.messages ?? [];
}

/** Whether each slice begins behind the end of the one before it. */
function followOneAnother<M>(slices: readonly Slice<M>[]): boolean {
  let last = -1;
  for (const slice of slices) {
    if (slice.firstSequence < last) return false;
    last = slice.lastSequence;
  }
  return true;
}

function join<M>(slices: readonly Slice<M>[]): readonly M[] {
  const all: M[] = [];
  for (const slice of slices) {
    for (const message of slice.messages()) all.push(message);
  }
  return all;
}

function mergeTwo<M>(a: Run<M>, b: Run<M>): Run<M> {
  const messages: M[] = [];
  const sequences: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.messages.length || j < b.messages.length) {
    const x = a.sequences[i] ?? Number.POSITIVE_INFINITY;
    const y = b.sequences[j] ?? Number.POSITIVE_INFINITY;
    if (x < y) {
      messages.push(a.messages[i++] as M);
      sequences.push(x);
    } else {
      messages.push(b.messages[j++] as M);
      sequences.push(y);
    }
  }
  return { messages, sequences };
}

/**
 * How many messages the cached merges may hold together. That is enough for ten thousand rooms beside one common topic, each
 * with a few messages. It bounds what a flush keeps when no two subscribers share anything.
 */
export const MAX_CACHED_MESSAGES = 65_536;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Merges for one flush, where subscribers of the same topics get the same array. Two subscribers share an array when they hold
 * the same shared slices in the same order. A slice that only one subscriber holds can't be shared, so it isn't looked up. Merges
 * of the same hash replace each other, and the cache is cleared at the limit: the loss is a copy, never a wrong array.
 */
export class MergeCache<M> {
  readonly #merges = new Map<number, { slices: readonly Slice<M>[]; messages: readonly M[] }>();
  #messageCount = 0;

  merge(slices: readonly Slice<M>[]): readonly M[] {
    // FNV-1a, over whole numbers instead of bytes.
    let hash = FNV_OFFSET;
    for (const { sharedId } of slices) {
      if (sharedId === 0) return merge(slices);
      hash = Math.imul(hash ^ sharedId, FNV_PRIME);
    }
    const known = this.#merges.get(hash);
    if (known !== undefined && isSame(known.slices, slices)) return known.messages;
    const messages = merge(slices);
    if (this.#messageCount + messages.length > MAX_CACHED_MESSAGES) this.clear();
    this.#messageCount += messages.length;
    this.#merges.set(hash, { slices, messages });
    return messages;
  }

  /** Empties the cache, so that delivered messages can be collected. */
  clear(): void {
    if (this.#messageCount === 0) return;
    this.#messageCount = 0;
    this.#merges.clear();
  }
}

function isSame<M>(a: readonly Slice<M>[], b: readonly Slice<M>[]): boolean {
  return a.length === b.length && a.every((slice, i) => slice === b[i]);
}
