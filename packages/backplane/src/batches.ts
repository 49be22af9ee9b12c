import { BATCH_CHANNELS, BATCH_CHARACTERS } from "./limits.ts";

/** Divides a list of channels, so that one request to the engine has a bounded length. */
export function* batches(channels: readonly string[]): Generator<readonly string[]> {
  let start = 0;
  let characters = 0;
  for (let i = 0; i < channels.length; i++) {
    const { length } = channels[i]!;
    if (i > start && (i - start >= BATCH_CHANNELS || characters + length > BATCH_CHARACTERS)) {
      yield channels.slice(start, i);
      start = i;
      characters = 0;
    }
    characters += length;
  }
  if (start < channels.length) yield channels.slice(start);
}
