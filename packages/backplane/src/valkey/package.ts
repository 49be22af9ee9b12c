/** What is used of the package `@redis/client`. */
import type { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";
import { loadPeer } from "../peer.ts";

export type MessageListener = (message: Buffer, channel: Buffer) => void;

export interface Client extends EventEmitter {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  /** Waits for the replies to commands. */
  close(): Promise<void>;
  destroy(): void;
  unref(): void;
  sendCommand(args: readonly (string | Buffer)[], options?: object): Promise<unknown>;
  subscribe(channels: readonly string[], listener: MessageListener, bufferMode: true): Promise<void>;
  unsubscribe(channels: readonly string[], listener: MessageListener, bufferMode: true): Promise<void>;
}

export interface RedisPackage {
  createClient(options: object): Client;
}

/** @throws Error that names the command which installs it */
export function loadRedisPackage(): RedisPackage {
  return loadPeer<RedisPackage>("@redis/client", "valkey()");
}
