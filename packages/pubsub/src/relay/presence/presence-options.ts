import { topicChannel } from "../channel.ts";
import type { Cluster } from "../cluster.ts";
import type { Engine } from "../engine.ts";
import type { PresenceHost } from "./presence-host.ts";

/** What the presence of a relay has of its relay. */
export interface PresenceOptions {
  readonly engine: Engine;
  readonly host: PresenceHost;
  /** Latin-1. */
  readonly instance: string;
  readonly cluster: Cluster;
  now(): number;
  schedule(): void;
}

/** The channel in which the members of a topic are told. */
export function presenceChannel(topic: string): string {
  return `p${topicChannel(topic)}`;
}

export function isPresenceChannel(channel: string): boolean {
  return channel.startsWith("p");
}
