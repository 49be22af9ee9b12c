import { Buffer } from "node:buffer";

/** A whole message as a server frames it (RFC 6455 §5.2). */
export function messageFrame(text: boolean, payload: Uint8Array): Buffer {
  const { length } = payload;
  const first = text ? 0x81 : 0x82;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
