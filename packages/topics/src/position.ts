// A position is a place in the history of a topic: `epoch.offset.check`. Offsets are compared as numbers, and within one epoch only.
// An empty text stands for none.

const FORMAT = /^[\w-]{1,32}\.\d{1,16}\.([\w-]{6})?$/;

/** @throws TypeError for what is not a position */
export function checkPosition(text: string): string {
  if (FORMAT.test(text)) return text;
  throw new TypeError(text);
}

export function epochOf(position: string): string {
  return position.split(".")[0]!;
}

/** @returns -1, which is before all, for none */
export function offsetOf(position: string): number {
  return Number(position.split(".")[1] ?? -1);
}
