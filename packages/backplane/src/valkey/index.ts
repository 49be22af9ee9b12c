import { type Backplane, backplaneOf } from "../backplane.ts";
import { VALKEY_FRAME_BYTES } from "../limits.ts";
import { channelPrefix } from "../options.ts";
import { ReconnectingEngine } from "../reconnecting-engine.ts";
import { ValkeyConnection } from "./connection.ts";
import { readOptions, type ValkeyOptions } from "./options.ts";
import { loadRedisPackage } from "./package.ts";

export type { Backplane, CommonOptions, QueueOptions, RelayOptionsOfServer } from "../backplane.ts";
export type { ValkeyOptions } from "./options.ts";

/**
 * Instances on any machines, over Valkey or Redis 7. It needs the package `@redis/client`.
 * @param url `redis://user:password@host:6379`; `rediss:` with TLS; `valkey:` and `valkeys:` mean the same
 * @throws TypeError for an option that does not exist or has a wrong type, RangeError for a number out of range, Error if the package is missing
 */
export function valkey(url: string, options: ValkeyOptions = {}): Backplane {
  const settings = readOptions(url, options);
  const redis = loadRedisPackage();
  return backplaneOf("valkey", settings.queue, (scope) => {
    const prefix = channelPrefix(settings.prefix, scope);
    return new ReconnectingEngine(
      (events) => ValkeyConnection.open(redis, settings, prefix, events),
      prefix,
      VALKEY_FRAME_BYTES,
    );
  });
}
