import { type Contestant, contestants } from "../contestants.ts";
import type { Offer } from "../load/ws-handshake.ts";
import type { App } from "../scenario.ts";

/** A server with idle connections that are weighed. */
export interface IdleContestant {
  readonly name: string;
  readonly does: string;
  /** Its name among the contestants of `contestants.ts`, and its app. */
  readonly server: Contestant;
  readonly app: App;
  /** The client's offer in the handshake; `"tcp"`: there is no handshake, and nothing is sent. */
  readonly client: Offer | "tcp";
  readonly tls: boolean;
}

function entry(
  name: string,
  of: string,
  app: App,
  client: IdleContestant["client"],
  does: string,
): IdleContestant {
  const tls = app.endsWith("-tls");
  return { name, does, tls, server: contestants.find((contestant) => contestant.name === of)!, app, client };
}

const shared = "with `perMessageDeflate: true`, which keeps nothing for a connection";
const dedicated = "with a compressor and a decompressor for each connection";

const overTls = "without compression, over TLS";

export const idleContestants: readonly IdleContestant[] = [
  entry("mantou", "mantou", "echo", "none", "without compression"),
  entry("mantou-shared", "mantou", "echo-deflate", "deflate", shared),
  entry("mantou-dedicated", "mantou", "echo-dedicated", "deflate", dedicated),
  entry("mantou-tls", "mantou", "echo-tls", "none", overTls),
  entry("ws", "ws", "echo", "none", "without compression"),
  entry("ws-deflate", "ws", "echo-deflate", "deflate", "with `perMessageDeflate: { threshold: 0 }`"),
  entry("bun", "bun", "echo", "none", "without compression"),
  entry("bun-shared", "bun", "echo-deflate", "deflate", shared),
  entry("bun-dedicated", "bun", "echo-dedicated", "deflate", dedicated),
  entry("bun-tls", "bun", "echo-tls", "none", overTls),
  entry("net", "net", "hello", "tcp", "a TCP connection of `node:net` with a listener for `'data'`"),
  entry("raw", "raw", "hello", "tcp", "a TCP connection on an adopted handle with `onread`"),
];

/** @throws Error that lists the contestants. */
export function findIdleContestant(name: string): IdleContestant {
  const found = idleContestants.find((contestant) => contestant.name === name);
  if (found !== undefined) return found;
  const known = idleContestants.map((contestant) => contestant.name).join(", ");
  throw new Error(`there is no contestant "${name}"; there are: ${known}`);
}
