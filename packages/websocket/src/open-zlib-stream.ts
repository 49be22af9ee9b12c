import { isDirectSupported } from "./direct-support.ts";
import { DirectStream } from "./zlib-direct.ts";
import { OneShotStream } from "./zlib-one-shot.ts";
import type { ZlibSettings, ZlibStream } from "./zlib-stream.ts";

/** The fastest stream that this version of Node.js allows. It takes no memory until it is used. */
export function openStream(settings: ZlibSettings): ZlibStream {
  return isDirectSupported() ? new DirectStream(settings) : new OneShotStream(settings);
}
