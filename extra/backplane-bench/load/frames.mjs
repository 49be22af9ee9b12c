/** What the clients of the loads say by hand. */
import { createHash } from "node:crypto";

export const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** @throws Error for a head of a response that is no handshake's (RFC 6455, section 4.2.2) */
export function checkHandshake(head, key) {
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  if (!head.startsWith("HTTP/1.1 101 ") || !head.includes(accept))
    throw new Error(`the response to a handshake is ${head.split("\r\n", 1)[0]}`);
}

/** A text frame of a client (RFC 6455, section 5.2), below 64 KiB. */
export function frame(text) {
  const payload = Buffer.from(text, "latin1");
  for (let i = 0; i < payload.length; i++) payload[i] ^= MASK[i & 3];
  const head =
    payload.length < 126
      ? [0x81, 0x80 | payload.length]
      : [0x81, 0xfe, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from(head), MASK, payload]);
}
