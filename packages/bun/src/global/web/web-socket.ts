// biome-ignore-all lint/complexity/noArguments: Web IDL counts the arguments, and undefined differs from no argument
import { Buffer } from "node:buffer";
import { isFileBlob } from "@mantou/serve/hosting";
import type { WebSocket as Client } from "@mantou/websocket/client";
import { viewOf } from "../../base/bytes.ts";
import { LazyModule } from "../../base/lazy.ts";

type Arguments = ConstructorParameters<typeof Client>;

/** Options of `tls` for which a file may stand, besides text and bytes. */
const MATERIAL = ["ca", "cert", "key", "crl"] as const;

const readNow = new LazyModule<typeof import("../../process/read-now.ts")>("../process/read-now.js").function(
  "readNow",
);

/**
 * The global class: the client, whose binary messages are Buffers unless the program wants them otherwise, as in Bun. It has all members
 * itself, as Web IDL demands: programs that wrap a WebSocket read its descriptors from the prototype.
 */
export function makeWebSocket(client: typeof Client): typeof Client {
  class WebSocket {
    constructor(_url: string | URL) {
      const args = [...arguments] as unknown as Arguments;
      if (hasTls(args[1])) args[1] = withContents(args[1]) as Arguments[1];
      const socket = Reflect.construct(client, args, new.target) as Client;
      socket.binaryType = "nodebuffer";
      // biome-ignore lint/correctness/noConstructorReturn: only the client's constructor makes its private fields
      return socket;
    }
  }
  for (const [to, from] of [
    [WebSocket, client],
    [WebSocket.prototype, client.prototype],
  ] as const) {
    Object.setPrototypeOf(to, Object.getPrototypeOf(from) as object);
    for (const name of Reflect.ownKeys(from)) {
      if (!Object.hasOwn(to, name))
        Object.defineProperty(to, name, Object.getOwnPropertyDescriptor(from, name)!);
    }
  }
  // Its earlier name, which Bun has, too.
  Object.defineProperty(WebSocket.prototype, "URL", {
    get(this: Client): string {
      return this.url;
    },
    configurable: true,
  });
  return WebSocket as unknown as typeof Client;
}

function hasTls(options: unknown): options is { readonly tls: object } {
  if (typeof options !== "object" || options === null || Symbol.iterator in options) return false;
  const { tls } = options as { tls?: unknown };
  return typeof tls === "object" && tls !== null;
}

/** The same options with the contents of the files in `tls`, which are read before the constructor returns, as in Bun. */
function withContents(options: { readonly tls: object }): object {
  const tls: { [name: string]: unknown } = { ...options.tls };
  for (const name of MATERIAL) {
    if (name in tls) tls[name] = contentOf(tls[name]);
  }
  return Object.create(options, { tls: { value: tls, enumerable: true } }) as object;
}

/** Other values are left to `tls.connect`, which knows more forms. @throws the operating system's error for a file that cannot be read */
function contentOf(material: unknown): unknown {
  if (Array.isArray(material)) return material.map(contentOf);
  return isFileBlob(material) ? Buffer.from(readNow(material)) : (viewOf(material) ?? material);
}
