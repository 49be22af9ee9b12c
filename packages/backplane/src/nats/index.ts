import { type Backplane, backplaneOf } from "../backplane.ts";
import { NATS_FRAME_BYTES } from "../limits.ts";
import { channelPrefix } from "../options.ts";
import { ReconnectingEngine } from "../reconnecting-engine.ts";
import { NatsConnection } from "./connection.ts";
import { type NatsOptions, readOptions } from "./options.ts";
import { loadNatsPackage } from "./package.ts";

export type { Backplane, CommonOptions, QueueOptions, RelayOptionsOfServer } from "../backplane.ts";
export type { NatsOptions } from "./options.ts";

/**
 * Instances on any machines, over NATS. It needs the package `@nats-io/transport-node`.
 * @param servers `nats://user:password@host:4222`, or the options alone
 * @throws TypeError for an option that does not exist or has a wrong type, RangeError for a number out of range, Error if the package is missing
 */
export function nats(servers: string | NatsOptions = {}, options: NatsOptions = {}): Backplane {
  const settings = readOptions(typeof servers === "string" ? { ...options, servers } : servers);
  const client = loadNatsPackage();
  return backplaneOf("nats", settings.queue, (scope) => {
    const prefix = channelPrefix(settings.prefix, scope);
    return new ReconnectingEngine(
      (events) => NatsConnection.open(client, settings, prefix, events),
      prefix,
      NATS_FRAME_BYTES,
    );
  });
}
