import { Buffer } from "node:buffer";
import { DirectStream } from "./zlib-direct.ts";

let supported: boolean | null = null;

/** Whether this version of Node.js has the internals that `DirectStream` uses, and they work: it is tried out once. */
export function isDirectSupported(): boolean {
  supported ??= tryOut();
  return supported;
}

function tryOut(): boolean {
  try {
    const settings = { windowBits: 15, memLevel: 8, level: 1, takeover: true };
    const deflate = new DirectStream({ kind: "deflate", ...settings });
    const inflate = new DirectStream({ kind: "inflate", ...settings });
    const message = Buffer.from("steamed bun, steamed bun");
    const same = [1, 2].every(() => {
      const payload = deflate.run(message, Number.POSITIVE_INFINITY);
      return typeof payload !== "string" && message.equals(inflate.run(Buffer.from(payload), 100) as Buffer);
    });
    deflate.close();
    inflate.close();
    return same;
  } catch {
    return false;
  }
}
