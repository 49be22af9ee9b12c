import { fromPackage } from "./errors.ts";

/**
 * A reply of the package as Bun gives it. A Map is an object without a prototype, so that a field may have any name; an error within an array is one of
 * Bun's.
 * @param connectionTimeout in milliseconds
 */
export function fromReply(reply: unknown, connectionTimeout: number): unknown {
  if (typeof reply !== "object" || reply === null) return reply;
  if (reply instanceof Error) return fromPackage(reply, connectionTimeout);
  if (Array.isArray(reply)) {
    for (const [i, each] of reply.entries())
      if (typeof each === "object") reply[i] = fromReply(each, connectionTimeout);
    return reply;
  }
  if (!(reply instanceof Map)) return reply;
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of reply) object[String(name)] = fromReply(value, connectionTimeout);
  return object;
}
