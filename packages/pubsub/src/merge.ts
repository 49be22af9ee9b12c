import type { Portion } from "./batch.ts";

interface Run<M> {
  readonly messages: readonly M[];
  readonly sequences: readonly number[];
}

/**
 * The messages of all portions in publish order. Portions are merged in pairs, then the results in pairs, which costs
 * n·log(k) for n messages out of k topics.
 */
export function merge<M>(portions: readonly Portion<M>[]): readonly M[] {
  const [only] = portions;
  if (portions.length === 1 && only !== undefined) return only.messages();
  let runs: Run<M>[] = portions.map((portion) => ({
    messages: portion.messages(),
    sequences: portion.sequences(),
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

/** How many merges a flush remembers: enough for a thousand rooms beside one common topic, and a bound on what it keeps. */
const SLOTS = 1024;

/**
 * Merges for one flush, where subscribers of the same topics get the same array. Two subscribers share when they hold the
 * same shared portions in the same order; a portion that only one holds can't be shared, so it isn't looked up. A newer
 * merge takes the slot of an older one with the same hash: the loss is a copy, never a wrong array.
 */
export class MergeCache<M> {
  readonly #slots = new Map<number, { portions: readonly Portion<M>[]; messages: readonly M[] }>();

  merge(portions: readonly Portion<M>[]): readonly M[] {
    let hash = 0;
    for (const { sharedId } of portions) {
      if (sharedId === 0) return merge(portions);
      hash = (Math.imul(hash, 31) + sharedId) | 0;
    }
    const slot = hash & (SLOTS - 1);
    const known = this.#slots.get(slot);
    if (known !== undefined && isSame(known.portions, portions)) return known.messages;
    const messages = merge(portions);
    this.#slots.set(slot, { portions, messages });
    return messages;
  }

  /** Forgets all, so that delivered messages can be collected. */
  clear(): void {
    if (this.#slots.size > 0) this.#slots.clear();
  }
}

function isSame<M>(a: readonly Portion<M>[], b: readonly Portion<M>[]): boolean {
  return a.length === b.length && a.every((portion, i) => portion === b[i]);
}
