import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "./engines.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { admin, kill, type TestEngines } from "./test-engines.ts";

/** Redis with a replica, which takes over at the address of the first one. */
export class RedisPair {
  readonly replica: Engine;
  readonly #primary: Engine;
  /** Between the two. */
  readonly #between: TcpProxy;
  readonly #front: TcpProxy;

  private constructor(primary: Engine, replica: Engine, between: TcpProxy, front: TcpProxy) {
    this.#primary = primary;
    this.replica = replica;
    this.#between = between;
    this.#front = front;
  }

  static async start({ cleanups, start }: TestEngines): Promise<RedisPair> {
    const [primary, replica] = [await start("redis"), await start("redis")];
    const [between, front] = [await TcpProxy.open(primary.port), await TcpProxy.open(primary.port)];
    for (const proxy of [between, front]) cleanups.push(() => proxy.close());
    await admin(replica.port, "REPLICAOF", "127.0.0.1", String(between.port));
    return new RedisPair(primary, replica, between, front);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#front.port}`;
  }

  /** Waits until the replica has all that the primary has, and a key if one is named. */
  async untilCopied(key?: string): Promise<void> {
    const { port } = this.replica;
    while (key !== undefined && (await admin(port, "EXISTS", key)) !== 1) await sleep(20);
    while ((await offsetOf(this.#primary)) !== (await offsetOf(this.replica))) await sleep(20);
  }

  /** The replica gets nothing more. */
  cut(): void {
    this.#between.hold();
  }

  /** The primary is killed, and the replica takes its place. Connections reach it from `release` on. */
  async failOver(): Promise<void> {
    await kill(this.#primary);
    await admin(this.replica.port, "REPLICAOF", "NO", "ONE");
    this.#front.target = this.replica.port;
  }

  release(): void {
    this.#front.release();
  }
}

/** Bytes of the replication that a server has. */
async function offsetOf({ port }: Engine): Promise<string> {
  return /master_repl_offset:(\d+)/.exec(String(await admin(port, "INFO", "replication")))![1]!;
}
