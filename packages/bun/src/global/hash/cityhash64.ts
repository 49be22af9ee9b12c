/** CityHash64 (https://github.com/google/cityhash), always with a seed. */
import { dataView, multiply, rotateRight, swapBytes, wrap } from "./words.ts";

const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;

const shiftMix = (value: bigint): bigint => value ^ (value >> 47n);

function mix(low: bigint, high: bigint, factor: bigint = 0x9ddfea08eb382d69n): bigint {
  const a = shiftMix(multiply(low ^ high, factor));
  return multiply(shiftMix(multiply(high ^ a, factor)), factor);
}

export function cityHash64(bytes: Uint8Array, seed: bigint): bigint {
  const view = dataView(bytes);
  return mix(wrap((view.byteLength > 64 ? long(view) : short(view)) - K2), seed);
}

/** Up to 64 bytes. */
function short(view: DataView): bigint {
  const { byteLength: size } = view;
  const word = (at: number): bigint => view.getBigUint64(at < 0 ? size + at : at, true);
  const factor = K2 + 2n * BigInt(size);
  if (size > 32) {
    const a = word(0) * K2;
    const b = word(8);
    const c = word(-24);
    const e = word(16) * K2;
    const f = word(24) * 9n;
    const g = word(-8);
    const h = word(-16) * factor;
    const u = rotateRight(wrap(a + g), 43n) + (rotateRight(b, 30n) + c) * 9n;
    const v = (wrap(a + g) ^ word(-32)) + f + 1n;
    const w = swapBytes(wrap((u + v) * factor)) + h;
    const x = rotateRight(wrap(e + f), 42n) + c;
    const y = (swapBytes(wrap((v + w) * factor)) + g) * factor;
    const z = e + f + c;
    const last = swapBytes(wrap((x + z) * factor + y)) + b;
    return wrap(shiftMix(wrap((z + last) * factor + word(-32) + h)) * factor + x);
  }
  if (size > 16) {
    const a = word(0) * K1;
    const c = word(-8) * factor;
    const b = word(8);
    const low = rotateRight(wrap(a + b), 43n) + rotateRight(wrap(c), 30n) + word(-16) * K2;
    return mix(wrap(low), wrap(a + rotateRight(wrap(b + K2), 18n) + c), wrap(factor));
  }
  if (size >= 8) {
    const a = wrap(word(0) + K2);
    const b = word(-8);
    const low = wrap(rotateRight(b, 37n) * factor + a);
    return mix(low, wrap((rotateRight(a, 25n) + b) * factor), wrap(factor));
  }
  if (size >= 4) {
    const low = BigInt(size) + (BigInt(view.getUint32(0, true)) << 3n);
    return mix(low, BigInt(view.getUint32(size - 4, true)), wrap(factor));
  }
  if (size === 0) return K2;
  const y = BigInt(view.getUint8(0) + (view.getUint8(size >> 1) << 8));
  const z = BigInt(size + (view.getUint8(size - 1) << 2));
  return multiply(shiftMix(wrap(y * K2) ^ wrap(z * K0)), K2);
}

/** More than 64 bytes. */
function long(view: DataView): bigint {
  const { byteLength: size } = view;
  const word = (at: number): bigint => view.getBigUint64(at, true);
  const weak = (at: number, a: bigint, b: bigint): [bigint, bigint] => {
    const first = a + word(at);
    const sum = first + word(at + 8) + word(at + 16);
    const last = word(at + 24);
    const turned = rotateRight(wrap(b + first + last), 21n);
    return [wrap(sum + last), wrap(turned + rotateRight(wrap(sum), 44n) + first)];
  };
  let x = word(size - 40);
  let y = wrap(word(size - 16) + word(size - 56));
  let z = mix(wrap(word(size - 48) + BigInt(size)), word(size - 24));
  let v = weak(size - 64, BigInt(size), z);
  let w = weak(size - 32, y + K1, x);
  x = wrap(x * K1 + word(0));
  for (let at = 0; at < size - 1 - ((size - 1) % 64); at += 64) {
    x = multiply(rotateRight(wrap(x + y + v[0] + word(at + 8)), 37n), K1) ^ w[1];
    y = wrap(rotateRight(wrap(y + v[1] + word(at + 48)), 42n) * K1 + v[0] + word(at + 40));
    z = multiply(rotateRight(wrap(z + w[0]), 33n), K1);
    v = weak(at, v[1] * K1, x + w[0]);
    w = weak(at + 32, z + w[1], y + word(at + 16));
    [z, x] = [x, z];
  }
  return mix(wrap(mix(v[0], w[0]) + shiftMix(y) * K1 + z), wrap(mix(v[1], w[1]) + x));
}
