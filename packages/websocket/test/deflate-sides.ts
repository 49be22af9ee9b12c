/** Connections under permessage-deflate, and what they put on the wire. */
import { type DeflateCodecOptions, type DeflateParams, PerMessageDeflate } from "../src/index.ts";
import { feedEveryWay, peerOf, receive, type Side, side, wire } from "./support.ts";

export const RSV1 = 4;
const DEDICATED: DeflateCodecOptions = { compress: "dedicated", decompress: "dedicated" };

/** The agreement with only the parameters `given`. */
export function agreed(given: Partial<DeflateParams> = {}): DeflateParams {
  return {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
    ...given,
  };
}

/** An agreement about one side's compressor, the rest at its best. */
export function agreedFor(role: "server" | "client", windowBits: number, takeover: boolean): DeflateParams {
  return agreed(
    role === "server"
      ? { serverMaxWindowBits: windowBits, serverNoContextTakeover: !takeover }
      : { clientMaxWindowBits: windowBits, clientNoContextTakeover: !takeover },
  );
}

/** A connection that does as much as the parameters allow. */
export function deflating(
  role: "server" | "client",
  params: DeflateParams = agreed(),
  options: DeflateCodecOptions = DEDICATED,
): Side {
  return side(role, { codec: new PerMessageDeflate(role, params, options), maskKey: () => 0 });
}

/** A codec that compresses and decompresses as much as the parameters allow, as an option of a connection. */
export function codecOf(
  role: "server" | "client",
  params: DeflateParams = agreed(),
): { readonly codec: PerMessageDeflate } {
  return { codec: new PerMessageDeflate(role, params, { compress: "dedicated" }) };
}

/** The events of a side for frames of its peer, cut in every way. */
export function received(
  role: "server" | "client",
  params: DeflateParams,
  ...frames: Parameters<typeof wire>[1][]
): string[] {
  const options = {
    // Each way of cutting is another connection, whose codec remembers nothing of the others.
    get codec(): PerMessageDeflate {
      return codecOf(role, params).codec;
    },
  };
  return feedEveryWay(role, wire(peerOf(role), ...frames), options).events;
}

/** A frame as `wire()` takes it, marked as compressed. */
export function marked(payload: Uint8Array, more: { opcode?: number; fin?: boolean } = {}) {
  return { opcode: 2, rsv: RSV1, payload, ...more };
}

/** The first byte and the payload of each frame that a connection with an all-zero masking key has written. */
export function framesOf(bytes: Buffer): Array<{ readonly first: number; readonly payload: Buffer }> {
  const frames: Array<{ first: number; payload: Buffer }> = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!;
    const masked = bytes[at + 1]! >= 128;
    let length = bytes[at + 1]! & 127;
    at += 2;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    if (masked) at += 4;
    frames.push({ first, payload: bytes.subarray(at, at + length) });
    at += length;
  }
  return frames;
}

/** The payloads that a side makes of messages, which must all be compressed. */
export function payloadsOf({ connection, sink }: Side, messages: readonly Uint8Array[]): Buffer[] {
  for (const message of messages) connection.binary(message);
  return framesOf(sink.flush()).map(({ first, payload }) => {
    if (first !== 0x80 + RSV1 * 16 + 2) throw new Error(`a frame begins with ${first.toString(16)}`);
    return Buffer.from(payload);
  });
}

/** The messages that a side receives for these payloads; it must have no other event. */
export function messagesOf(
  { connection }: Side,
  from: "server" | "client",
  payloads: readonly Uint8Array[],
): Buffer[] {
  return payloads.flatMap((payload) =>
    receive(connection, wire(from, marked(payload))).map((event) => {
      if (event.type !== "binary") throw new Error(JSON.stringify(event));
      return event.bytes;
    }),
  );
}
