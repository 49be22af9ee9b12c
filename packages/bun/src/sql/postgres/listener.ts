/** The subscriptions of `sql.listen()`: all share one connection, which exists while there are any, and is opened again when it is lost. */
import { setTimeout as sleep } from "node:timers/promises";
import { throwingLater } from "../../base/throw-later.ts";
import type { Subscription } from "../adapter.ts";
import { closedError } from "../errors.ts";
import type { PostgresConnection } from "./connection.ts";

/** Milliseconds before the first attempt to open it again; each further attempt waits twice as long. */
const FIRST_DELAY = 250;
const MAX_DELAY = 32_000;

interface Entry {
  readonly channel: string;
  readonly onMessage: (payload: string) => void;
  readonly onListen: (() => void) | undefined;
  /** Where it is subscribed, or about to be; null before, and once that has failed. */
  connection: PostgresConnection | null;
  subscribed: Promise<Subscription> | null;
}

/** Makes a connection, and tells when it has ended. */
type MakeConnection = (onClose: () => void) => PostgresConnection;

export class PostgresListener {
  readonly #make: MakeConnection;
  readonly #entries: Set<Entry> = new Set();
  #connection: PostgresConnection | null = null;
  #closed = false;
  #isReopening = false;

  constructor(make: MakeConnection) {
    this.#make = make;
  }

  /** Resolves when the server has confirmed it. */
  async listen(
    channel: string,
    onMessage: (payload: string) => void,
    onListen?: () => void,
  ): Promise<Subscription> {
    const entry: Entry = {
      channel,
      onMessage: throwingLater(onMessage),
      onListen: onListen && throwingLater(onListen),
      connection: null,
      subscribed: null,
    };
    this.#entries.add(entry);
    try {
      await subscribe(entry, this.#opened());
    } catch (error) {
      this.#entries.delete(entry);
      await this.#closeUnused();
      throw error;
    }
    return {
      unlisten: async () => {
        if (!this.#entries.delete(entry)) return;
        await (await entry.subscribed)?.unlisten();
        await this.#closeUnused();
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#entries.clear();
    await this.#closeUnused();
  }

  async #closeUnused(): Promise<void> {
    const connection = this.#connection;
    if (this.#entries.size > 0 || connection === null) return;
    this.#connection = null;
    await connection.close(closedError(), 0);
  }

  #opened(): PostgresConnection {
    if (this.#connection === null) {
      const connection = this.#make(() => this.#lost(connection));
      this.#connection = connection;
    }
    return this.#connection;
  }

  #lost(connection: PostgresConnection): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    if (connection.isOpen && !this.#closed && this.#entries.size > 0) void this.#reopen();
  }

  /** Tries until it succeeds, or no subscription is left. */
  async #reopen(): Promise<void> {
    // What has lost another connection goes on trying.
    if (this.#isReopening) return;
    this.#isReopening = true;
    for (let delay = FIRST_DELAY; ; delay = Math.min(delay * 2, MAX_DELAY)) {
      // Many clients that have lost the same server do not come back at the same moment.
      await sleep(delay * (0.5 + Math.random() / 2));
      if (this.#closed || this.#entries.size === 0) break;
      const connection = this.#opened();
      try {
        for (const entry of this.#entries) await subscribe(entry, connection);
        if (this.#connection === connection) break;
      } catch {
        // The next attempt follows.
      }
    }
    this.#isReopening = false;
  }
}

/** Subscribes it on a connection, once: one that the program adds while the connection is opened again is there already. */
async function subscribe(entry: Entry, connection: PostgresConnection): Promise<void> {
  if (entry.connection !== connection) {
    entry.connection = connection;
    entry.subscribed = connection.listen(entry.channel, entry.onMessage, entry.onListen);
  }
  try {
    await entry.subscribed;
  } catch (error) {
    if (entry.connection === connection) entry.connection = null;
    throw error;
  }
}
