/** PostgreSQL for `SQL`: a pool of connections. */

import { clearTimeout, setTimeout } from "node:timers";
import type { Adapter, ReservedSession, Subscription } from "../adapter.ts";
import { cancelledError, clientError, closedError, withoutReport } from "../errors.ts";
import type { QueryModes, StartedQuery } from "../query.ts";
import type { Rows } from "../rows.ts";
import type { PostgresSettings } from "../settings.ts";
import type { Dialect, Statement } from "../template.ts";
import { PostgresConnection } from "./connection.ts";
import { PostgresListener } from "./listener.ts";
import { reservedSession } from "./reserved-session.ts";
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
  readonly #onEmpty: (() => void)[] = [];
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
      slot.promised--;
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
    slot.promised--;
    const { connection } = slot;
    try {
      if (!connection.isOpen) await connection.open();
    } catch (error) {
      this.#giveBack(slot);
      throw error;
    }
    return reservedSession(connection, (close) => {
      // The next user must not be inside a transaction.
      if (close || connection.inTransaction) slot.retired ??= closedError();
      this.#giveBack(slot);
    });
  }

  async connect(): Promise<void> {
    const slot = await this.#take(false);
    slot.promised--;
    try {
      if (!slot.connection.isOpen) await slot.connection.open();
    } finally {
      this.#free(slot);
    }
  }

  /** What has been started before goes on, also what waits for a connection. */
  async close(seconds: number | undefined): Promise<void> {
    this.#closed = true;
    for (const slot of this.#slots) if (slot.isIdle) this.#end(slot);
    const timer =
      seconds === undefined ? undefined : setTimeout(() => this.#cut(seconds === 0), seconds * 1000);
    const emptied = new Promise<void>((resolve) => {
      if (this.#slots.size === 0) resolve();
      else this.#onEmpty.push(resolve);
    });
    await Promise.all([emptied, this.#listener.close()]);
    clearTimeout(timer);
  }

  /** Its connection ends, which has no work. */
  #end(slot: Slot, seconds?: number): void {
    void slot.connection.close(closedError(), seconds).then(() => this.#forget(slot));
  }

  /** Nothing is waited for any more. */
  #cut(atOnce: boolean): void {
    for (const waiter of this.#waiters.splice(0))
      waiter.refuse(atOnce ? withoutReport(closedError()) : closedError());
    for (const slot of this.#slots) this.#end(slot, 0);
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
    slot.promised++;
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
    if (slot.hasNoWork) {
      if (connection.isLost) this.#forget(slot);
      else if (slot.retired !== null) this.#drop(slot, slot.retired);
      else if (connection.isOpen)
        slot.startIdleTimer(this.#settings.idleTimeout, (reason) => this.#drop(slot, reason));
    }
    this.#serveWaiters();
    if (this.#closed && slot.isIdle) this.#end(slot);
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
    if (this.#slots.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}
