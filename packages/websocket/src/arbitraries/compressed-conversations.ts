import { isUtf8 } from "node:buffer";
import * as fc from "fast-check";
import type { Event } from "../events.ts";
import { BINARY, CONTINUATION, TEXT } from "../opcode.ts";
import { type Conversation, joined, openConversation } from "./conversations.ts";
import { type CompressedMessage, type CompressorLimits, compressedMessages } from "./deflate.ts";
import { type Frame, maskKey, type Sender } from "./frames.ts";
import { cut, cuts } from "./splits.ts";

const RSV1 = 4;

type Part = Pick<Conversation, "frames" | "events">;

/**
 * A valid conversation under permessage-deflate, without a Close frame: compressed messages, fragmented or not, of which only the
 * first frame has RSV1 (RFC 7692 §6.1), and others between them that are not compressed.
 */
export function compressedConversation(from: Sender, limits: CompressorLimits): fc.Arbitrary<Conversation> {
  return compressedMessages(limits)
    .chain((list) =>
      fc.tuple(...list.flatMap((one) => [sometimes(openConversation(from)), compressed(from, one)])),
    )
    .map((parts) => joined(from, parts));
}

/** One compressed message in frames. It is text if it can be, and binary else or by chance. */
export function compressed(from: Sender, { message, payload }: CompressedMessage): fc.Arbitrary<Part> {
  const places = payload.length <= 300 ? cuts(payload.length) : fc.constant([]);
  return fc.tuple(places, fc.boolean()).chain(([at, mayBeText]) => {
    const isText = mayBeText && isUtf8(message);
    const event: Event = isText
      ? { type: "text", text: message.toString() }
      : { type: "binary", bytes: message };
    const pieces = cut(payload, at);
    const frames = pieces.map(
      (piece, i): fc.Arbitrary<Frame> =>
        maskKey(from).map((key) => ({
          fin: i === pieces.length - 1,
          rsv: i === 0 ? RSV1 : 0,
          opcode: i > 0 ? CONTINUATION : isText ? TEXT : BINARY,
          maskKey: key,
          payload: piece,
        })),
    );
    return fc.tuple(...frames).map((list) => ({ frames: list, events: [event] }));
  });
}

function sometimes(part: fc.Arbitrary<Part>): fc.Arbitrary<Part> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant({ frames: [], events: [] }) },
    { weight: 1, arbitrary: part },
  );
}
