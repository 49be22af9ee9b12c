/**
 * The messages that were published to one topic since the last flush, in publish order. It keeps each message once, however many
 * subscribers will get it. A `Slice` is the part that one subscriber gets.
 */
export class Batch<M> {
  readonly messages: M[];
  /** Beside each message its number in the whole broker, by which messages of several topics are merged. Strictly ascending. */
  readonly sequences: number[];
  #sealed = false;
  #lastSlice: readonly M[] = [];
  #lastStart = -1;

  /** A batch begins with its first message. The arrays have one place each; a push onto an empty array would reserve 17. */
  constructor(message: M, sequence: number) {
    this.messages = [message];
    this.sequences = [sequence];
  }

  /** Appends a message and returns its index in this batch. */
  add(message: M, sequence: number): number {
    this.sequences.push(sequence);
    return this.messages.push(message) - 1;
  }

  /** No message is added after this, so that `slice` may return `messages` itself. */
  seal(): void {
    this.#sealed = true;
  }

  /**
   * The messages from `start` to before `end`, as an array that never changes afterwards. A second call for the same range
   * returns the same array. Only the last range is cached: subscribers that subscribed at the same moment stand next to each
   * other in the topic, and a cache of all n ranges would keep up to n²/2 references.
   */
  slice(start: number, end: number): readonly M[] {
    if (this.#sealed && start === 0 && end === this.messages.length) return this.messages;
    if (this.#lastStart !== start || this.#lastSlice.length !== end - start) {
      this.#lastSlice = this.messages.slice(start, end);
      this.#lastStart = start;
    }
    return this.#lastSlice;
  }
}

/**
 * The part of one batch that one subscriber gets: a range without some of its messages, never empty. It copies nothing until
 * `messages()` is called, so that one array at a time exists while thousands of subscribers, each with a different slice, are
 * served.
 */
export class Slice<M> {
  readonly batch: Batch<M>;
  readonly start: number;
  readonly end: number;
  /** The indexes in the batch of the messages that are left out: ascending, and all within the range. */
  readonly skips: readonly number[] | null;
  /** When many subscribers hold this very object: above 0, and different for each batch of a flush. 0 when one does. */
  readonly sharedId: number;

  constructor(
    batch: Batch<M>,
    start: number,
    end: number,
    skips: readonly number[] | null = null,
    sharedId: number = 0,
  ) {
    this.batch = batch;
    this.start = start;
    this.end = end;
    this.skips = skips;
    this.sharedId = sharedId;
  }

  /** No message of the slice has a lower number in the broker. */
  get firstSequence(): number {
    return this.batch.sequences[this.start]!;
  }

  /** No message of the slice has a higher number in the broker. */
  get lastSequence(): number {
    return this.batch.sequences[this.end - 1]!;
  }

  messages(): readonly M[] {
    if (this.skips === null) return this.batch.slice(this.start, this.end);
    return without(this.batch.messages, this.start, this.end, this.skips);
  }

  sequences(): readonly number[] {
    return without(this.batch.sequences, this.start, this.end, this.skips ?? []);
  }
}

/** A copy of `source` from `start` to before `end` that lacks the elements at the indexes in `skips`. */
function without<E>(source: readonly E[], start: number, end: number, skips: readonly number[]): E[] {
  const result = source.slice(start, end);
  const firstSkip = skips[0];
  if (firstSkip === undefined) return result;
  let write = firstSkip - start;
  let skip = 0;
  for (let read = firstSkip; read < end; read++) {
    if (read === skips[skip]) skip++;
    else result[write++] = source[read] as E;
  }
  result.length = write;
  return result;
}
