import { Buffer } from "node:buffer";

/** All instances listen on it: heartbeats, farewells, questions. */
export const CONTROL_CHANNEL = "i";

/** The channel on which one instance gets answers. */
export function instanceChannel(instance: string): string {
  return `${CONTROL_CHANNEL}:${hexOf(instance)}`;
}

/** @param instance in Latin-1 */
export function hexOf(instance: string): string {
  return Buffer.from(instance, "latin1").toString("hex");
}

/**
 * The channel of a topic. A topic may be any string. One with half of a surrogate pair has no UTF-8 and would become that of another
 * topic, so it is escaped (`JSON.stringify` is well-formed).
 */
export function topicChannel(topic: string): string {
  return LONE_SURROGATE.test(topic) ? `j:${JSON.stringify(topic)}` : `t:${topic}`;
}

/** With the `u` flag a surrogate matches only if it is alone. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;
