/** PostgreSQL for `SQL`: a pool of connections. */

import type { Adapter, ReservedSession, Subscription } from "../adapter.ts";
import { cancelledError, clientError, closedError, withoutReport } from "../errors.ts";
import type { QueryModes, StartedQuery } from "../query.ts";
import type { Rows } from "../rows.ts";
import type { PostgresSettings } from "../settings.ts";
import type { Dialect, Statement } from "../template.ts";
import { PostgresConnection } from "./connection.ts";
import { PostgresListener } from "./listener.ts";
import { Slot } from "./slot.ts";

export const POSTGRES: Dialect = {
  adapter: "postgres",
  placeholder: (index) => `$${index}`,
  emptyList: "(NULL)",
};

const BEGINS = /^\s*(?:begin|start\s+transaction)\b/i;

/** A caller that waits for a connection: of its own, or one that it shares. */
interface Waiter {
  readonly needsOwn: boolean;
  give(slot: Slot): void;
  refuse(error: Error): void;
}

export class PostgresAdapter implements Adapter {
  readonly dialect: Dialect = POSTGRES;
  readonly #settings: PostgresSettings;
  readonly #slots: Set<Slot> = new Set();
  readonly #waiters: Waiter[] = [];
  readonly #listener: PostgresListener;
  #closed = false;

  constructor(settings: PostgresSettings) {
    this.#settings = settings;
    this.#listener = new PostgresListener((onClose) => this.#connection(() => {}, onClose));
  }

  run(statement: Statement, modes: Readonly<QueryModes>): StartedQuery {
    if (BEGINS.test(statement.text) && this.#settings.max !== 1) {
      // The next query of any caller could be inside it.
      const message = "Only use sql.begin, sql.reserved or max: 1";
      return {
        result: Promise.reject(clientError("postgres", "UNSAFE_TRANSACTION", message)),
        cancel: () => {},
      };
    }
    let started: StartedQuery | null = null;
    let refuse!: (error: Error) => void;
    const cancelled = new Promise<never>((_, reject) => {
      refuse = reject;
    });
    let isCancelled = false;
    const send = async (): Promise<Rows> => {
      const taken = this.#take(false);
      const slot = taken instanceof Promise ? await taken : taken;
      try {
        if (isCancelled) throw cancelledError();
        started = slot.connection.run(statement, modes);
        return await started.result;
      } finally {
        this.#free(slot);
      }
    };
    return {
      result: Promise.race([send(), cancelled]),
      cancel: () => {
        isCancelled = true;
        if (started === null) refuse(cancelledError());
        else started.cancel();
      },
    };
  }

  async reserve(): Promise<ReservedSession> {
    const slot = await this.#take(true);
    const { connection } = slot;
    try {
      if (!connection.isOpen) await connection.open();
    } catch (error) {
      this.#giveBack(slot);
      throw error;
    }
    let isReleased = false;
    let running = 0;
    const giveBack = (): void => {
      // The next user must not be inside a transaction.
      if (connection.inTransaction) slot.retired ??= closedError();
      this.#giveBack(slot);
    };
    const settled = (): void => {
      if (--running === 0 && isReleased) giveBack();
    };
    return {
      run: (statement, modes) => {
        const started = connection.run(statement, modes);
        running++;
        started.result.then(settled, settled);
        return started;
      },
      release: (close = false) => {
        if (isReleased) return;
        isReleased = true;
        if (close) slot.retired ??= closedError();
        // What still runs may begin a transaction.
        if (running === 0) giveBack();
      },
    };
  }

  async connect(): Promise<void> {
    const slot = await this.#take(false);
    try {
      if (!slot.connection.isOpen) await slot.connection.open();
    } finally {
      this.#free(slot);
    }
  }

  async close(seconds: number | undefined): Promise<void> {
    this.#closed = true;
    const refusal = (): Error => (seconds === 0 ? withoutReport(closedError()) : closedError());
    for (const waiter of this.#waiters.splice(0)) waiter.refuse(refusal());
    const closing = [...this.#slots].map(({ connection }) => connection.close(closedError(), seconds));
    await Promise.all([...closing, this.#listener.close()]);
  }

  async listen(
    channel: string,
    onMessage: (payload: string) => void,
    onListen?: () => void,
  ): Promise<Subscription> {
    if (this.#closed) throw closedError();
    return this.#listener.listen(channel, onMessage, onListen);
  }

  /** A connection, at once if one can be had. */
  #take(needsOwn: boolean): Slot | Promise<Slot> {
    if (this.#closed) return Promise.reject(closedError());
    if (this.#waiters.length === 0) {
      const slot = this.#find(needsOwn);
      if (slot !== null) return this.#use(slot, needsOwn);
    }
    return new Promise((resolve, reject) => {
      this.#waiters.push({ needsOwn, give: (slot) => resolve(this.#use(slot, needsOwn)), refuse: reject });
    });
  }

  /** An idle connection; else a new one; else, for a query, the one that has the least to do. */
  #find(needsOwn: boolean): Slot | null {
    const slots = [...this.#slots];
    const idle = slots.filter((slot) => slot.isIdle);
    const found = idle.find(({ connection }) => connection.isOpen) ?? idle[0];
    if (found !== undefined) return found;
    if (slots.length < this.#settings.max) return this.#open();
    if (needsOwn) return null;
    const shared = slots.filter((slot) => slot.isShared);
    shared.sort((a, b) => a.connection.pending - b.connection.pending);
    return shared[0] ?? null;
  }

  #use(slot: Slot, needsOwn: boolean): Slot {
    slot.isReserved = needsOwn;
    slot.stopIdleTimer();
    return slot;
  }

  #giveBack(slot: Slot): void {
    slot.isReserved = false;
    this.#free(slot);
  }

  /** A query of the slot is done, or its reservation. */
  #free(slot: Slot): void {
    const { connection } = slot;
    if (connection.inTransaction && !slot.isReserved && this.#settings.max !== 1)
      slot.retired ??= closedError();
    if (!slot.isReserved && connection.pending === 0) {
      if (connection.isLost) this.#forget(slot);
      else if (slot.retired !== null) this.#drop(slot, slot.retired);
      else if (connection.isOpen)
        slot.startIdleTimer(this.#settings.idleTimeout, (reason) => this.#drop(slot, reason));
    }
    this.#serveWaiters();
  }

  /** Oldest first. */
  #serveWaiters(): void {
    while (this.#waiters.length > 0) {
      const found = this.#find(this.#waiters[0]!.needsOwn);
      if (found === null) return;
      this.#waiters.shift()!.give(found);
    }
  }

  #open(): Slot {
    const slot: Slot = new Slot(
      this.#connection(
        () => slot.startLifeTimer(this.#settings.maxLifetime, (reason) => this.#drop(slot, reason)),
        () => this.#forget(slot),
      ),
    );
    this.#slots.add(slot);
    return slot;
  }

  #connection(onOpen: () => void, onClose: () => void): PostgresConnection {
    const { onconnect, onclose } = this.#settings;
    return new PostgresConnection(this.#settings, {
      onconnect: () => {
        onOpen();
        onconnect?.(null);
      },
      onclose: (error) => {
        onClose();
        onclose?.(error);
      },
    });
  }

  #drop(slot: Slot, reason: Error): void {
    this.#forget(slot);
    slot.connection.close(reason).catch(() => {});
  }

  #forget(slot: Slot): void {
    this.#slots.delete(slot);
    slot.stopTimers();
    this.#serveWaiters();
  }
}
