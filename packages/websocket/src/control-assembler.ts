import type { Buffer } from "node:buffer";
import type { FrameDecoder } from "./frame-decoder.ts";
import { unmaskToCopy } from "./mask.ts";
import { PayloadBuffer } from "./payload-buffer.ts";

/** Joins pieces of control frames to payloads. A frame has one or more pieces; no other frame comes between them (RFC 6455 §5.5). */
export class ControlAssembler {
  /** Made for the first frame that comes in several pieces; most connections never get one. */
  #payload: PayloadBuffer | null = null;

  /** Takes the decoder's current piece. Returns the frame's payload, a Buffer of its own, if that was the last piece. */
  push(frame: FrameDecoder): Buffer | null {
    const { input, start, end, maskKey, offset, length, startsFrame, endsFrame } = frame;
    if (startsFrame && endsFrame) return unmaskToCopy(input, start, end, maskKey);
    this.#payload ??= new PayloadBuffer();
    this.#payload.append(input, start, end, maskKey, offset, length);
    return endsFrame ? this.#payload.take() : null;
  }
}
