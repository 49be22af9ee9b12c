import type { Backplane, CommonOptions } from "./backplane.ts";
import { local } from "./local/index.ts";
import { nats } from "./nats/index.ts";
import { valkey } from "./valkey/index.ts";

export type { Backplane, CommonOptions, QueueOptions, RelayOptionsOfServer } from "./backplane.ts";

/**
 * The backplane that a URL names, as in `MANTOU_BACKPLANE`: `redis:`, `rediss:`, `valkey:` and `valkeys:` for `valkey()`, `nats:` and `tls:` for
 * `nats()`, `unix:/path` and `local:` for `local()`.
 * @throws TypeError for another URL, and what those functions throw
 */
export function fromUrl(url: string, options: CommonOptions = {}): Backplane {
  if (typeof url !== "string")
    throw new TypeError(`the URL of a backplane must be a string, not ${typeof url}`);
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(url)?.[0].toLowerCase();
  if (scheme === "redis" || scheme === "rediss" || scheme === "valkey" || scheme === "valkeys") {
    return valkey(url, options);
  }
  if (scheme === "nats" || scheme === "tls") return nats(url, options);
  if (scheme === "unix") return local({ ...options, path: pathOf(url) });
  if (scheme === "local") {
    if (/^local:(?:\/\/)?$/i.test(url)) return local(options);
    throw new TypeError("a backplane's local: URL has no path: unix:/path has one");
  }
  // The rest of the URL may have a password.
  throw new TypeError(
    `a backplane's URL begins with redis:, rediss:, valkey:, valkeys:, nats:, tls: or unix:, or is local:${scheme === undefined ? "" : `; ${scheme}: is none of them`}`,
  );
}

/** `unix:/run/a.sock`, and `unix:///run/a.sock` as URLs are often written. */
function pathOf(url: string): string {
  const path = url.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
  if (!path.startsWith("/"))
    throw new TypeError("a backplane's unix: URL has an absolute path, such as unix:/run/app/bus.sock");
  return path;
}
