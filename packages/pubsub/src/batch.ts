/**
 * What has been published to one topic since the last flush, in publish order. Messages are kept once, however many
 * subscribers will get them; who gets which of them is a `Portion`.
 */
export class Batch<M> {
  readonly messages: M[];
  /** Beside each message its number in the whole broker: what several topics are merged by. Strictly ascending. */
  readonly sequences: number[];
  #sealed = false;
  #lastSlice: readonly M[] = [];
  #lastStart = -1;

  /** A batch begins with its first message. (One place each, where a push onto an empty array would reserve 17.) */
  constructor(message: M, sequence: number) {
    this.messages = [message];
    this.sequences = [sequence];
  }

  /** Appends a message and returns its index in this batch. */
  add(message: M, sequence: number): number {
    this.sequences.push(sequence);
    return this.messages.push(message) - 1;
  }

  /** Nothing is added any more, so `messages` itself may be handed out. */
  seal(): void {
    this.#sealed = true;
  }

  /**
   * The messages from `start` to before `end`, as an array that never changes afterwards. Asking for the same range again
   * returns the same array. Only the last range is remembered: those who subscribed at the same moment stand next to each
   * other in the topic, and remembering all of n ranges would keep up to n²/2 references.
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
 * What one subscriber gets of one batch: a range without some of its messages. It copies nothing until `messages()` is
 * called, so that one array at a time exists while thousands of subscribers, each with a different portion, are served.
 * Never empty.
 */
export class Portion<M> {
  readonly batch: Batch<M>;
  readonly start: number;
  readonly end: number;
  /** Ascending indexes in the batch, all within the range, that are left out. */
  readonly skips: readonly number[] | null;
  /** Above 0, and different for each batch of a flush, when many subscribers hold this very object; 0 when one does. */
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
