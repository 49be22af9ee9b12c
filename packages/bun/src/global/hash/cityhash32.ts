/** CityHash32 (https://github.com/google/cityhash). */
import { finish } from "./murmur32v3.ts";
import { dataView, rotateRight32, swapBytes32 } from "./words.ts";

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

const mixed = (word: number): number => Math.imul(rotateRight32(Math.imul(word, C1), 17), C2);
const step = (hash: number, bits: number): number =>
  (Math.imul(rotateRight32(hash, bits), 5) + 0xe6546b64) | 0;
const combine = (word: number, hash: number): number => step(hash ^ mixed(word), 19);

export function cityHash32(bytes: Uint8Array): number {
  const view = dataView(bytes);
  const { byteLength: size } = view;
  const word = (at: number): number => view.getUint32(at, true);
  if (size <= 4) {
    let b = 0;
    let c = 9;
    for (let at = 0; at < size; at++) {
      b = (Math.imul(b, C1) + view.getInt8(at)) | 0;
      c ^= b;
    }
    return finish(combine(b, combine(size, c)));
  }
  if (size <= 12) {
    const a = (size + word(0)) | 0;
    const b = (5 * size + word(size - 4)) | 0;
    const c = (9 + word((size >> 1) & 4)) | 0;
    return finish(combine(c, combine(b, combine(a, 5 * size))));
  }
  const middle = size >> 1;
  if (size <= 24) {
    const places = [middle - 4, 4, size - 8, middle, 0, size - 4];
    return finish(places.reduce((hash, at) => combine(word(at), hash), size));
  }
  let h = combine(word(size - 16), combine(word(size - 4), size));
  let g = combine(word(size - 12), combine(word(size - 8), Math.imul(C1, size)));
  let f = step((Math.imul(C1, size) + mixed(word(size - 20))) | 0, 19);
  for (let at = 0, left = Math.floor((size - 1) / 20); left > 0; left--, at += 20) {
    const first = mixed(word(at));
    const second = word(at + 4);
    const fourth = mixed(word(at + 12));
    const fifth = word(at + 16);
    h = step(h ^ first, 18);
    f = Math.imul(rotateRight32((f + second) | 0, 19), C1);
    g = step((g + mixed(word(at + 8))) | 0, 18);
    h = step(h ^ (fourth + second), 19);
    g = Math.imul(swapBytes32(g ^ fifth), 5);
    h = swapBytes32((h + Math.imul(fifth, 5)) | 0);
    f = (f + first) | 0;
    [h, f, g] = [f, g, h];
  }
  const twice = (value: number): number =>
    Math.imul(rotateRight32(Math.imul(rotateRight32(value, 11), C1), 17), C1);
  g = twice(g);
  f = twice(f);
  h = Math.imul(rotateRight32(step((h + g) | 0, 19), 17), C1);
  h = Math.imul(rotateRight32(step((h + f) | 0, 19), 17), C1);
  return h >>> 0;
}
