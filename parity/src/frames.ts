import { Buffer } from "node:buffer";

export interface ServerFrame {
  /** The first byte: FIN, the reserved bits and the opcode. */
  readonly first: number;
  readonly payload: Buffer;
}

/** @returns null if there is no whole frame at the front of `bytes` */
export function takeFrame(bytes: Buffer): { frame: ServerFrame; rest: Buffer } | null {
  if (bytes.length < 2) return null;
  const short = bytes[1]! & 0x7f;
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < head) return null;
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < head + length) return null;
  const payload = Buffer.from(bytes.subarray(head, head + length));
  return { frame: { first: bytes[0]!, payload }, rest: bytes.subarray(head + length) };
}
