import { RedisClient } from "./client.ts";

/** The client of the environment's settings. The module is loaded at its first use. */
export const redis: RedisClient = new RedisClient();

// Its methods are called on the object that stands for it until then, which has no private members.
for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(RedisClient.prototype))) {
  if (typeof value !== "function" || name === "constructor") continue;
  const bound: unknown = (value as (...args: unknown[]) => unknown).bind(redis);
  Object.defineProperty(redis, name, { value: bound, writable: true, configurable: true });
}
