/**
 * A place in the history of a topic: behind the message with the number `offset`. Offsets count from 1 and may have holes; 0 is the place before all
 * messages. The numbers of two epochs have nothing to do with each other.
 */
export interface Position {
  /** 1 to 32 characters of `A-Z a-z 0-9 _ -`. */
  readonly epoch: string;
  readonly offset: number;
  /** 6 characters that tell the message at the offset from another one; empty where no message is known. */
  readonly check: string;
}

const CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * @param instance in Latin-1
 * @param sequence of the message at that instance
 * @returns 36 bits of a hash of both, as 6 characters
 */
export function checkOf(instance: string, sequence: number): string {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  const add = (byte: number): void => {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b) ^ (b >>> 15);
  };
  for (let i = 0; i < instance.length; i++) add(instance.charCodeAt(i));
  const [high, low] = [Math.floor(sequence / 0x1_0000_0000), sequence % 0x1_0000_0000];
  for (const word of [high, low]) for (const shift of [24, 16, 8, 0]) add((word >>> shift) & 0xff);
  const [first, second] = [mix(a), mix(b ^ a)];
  return charactersOf(first) + charactersOf(second);
}

/** Each bit of the input changes half of the bits (the last steps of MurmurHash3). */
function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** The low 18 bits. */
function charactersOf(hash: number): string {
  return CHARACTERS[hash & 63]! + CHARACTERS[(hash >>> 6) & 63]! + CHARACTERS[(hash >>> 12) & 63]!;
}

export function samePosition(one: Position, other: Position): boolean {
  return one.epoch === other.epoch && one.offset === other.offset && one.check === other.check;
}

/** @returns `epoch.offset.check`, as it stands in the protocol of topic clients and in `Last-Event-ID` */
export function formatPosition({ epoch, offset, check }: Position): string {
  return `${epoch}.${offset}.${check}`;
}

const FORMAT = /^([\w-]{1,32})\.(0|[1-9]\d{0,15})\.([\w-]{6})?$/;

/** @returns null for a text that `formatPosition` never returns */
export function parsePosition(text: string): Position | null {
  const [, epoch, digits, check = ""] = FORMAT.exec(text) ?? [];
  const offset = Number(digits);
  return epoch === undefined || !Number.isSafeInteger(offset) ? null : { epoch, offset, check };
}
