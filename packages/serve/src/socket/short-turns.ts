import { setImmediate } from "node:timers";

/** What waits for a share of a turn. */
export interface Waiting {
  /** It may read again. */
  turnCame(): void;
}

/** Turns in a row that have accepted a connection: behind them, others wait in the accept queue, most likely. */
const TURNS_IN_A_ROW = 3;

/**
 * Connections that are read in a turn of the event loop while others wait to be accepted. A turn costs some 80 µs without them, and each of
 * them 20 and more: so those that are open have a third of the time and more, however many clients connect. With 4 the last of 1,000
 * clients waited nearly twice as long.
 */
export const READS_WHILE_ACCEPTING: number = 2;

/**
 * Keeps the turns of the event loop short while clients wait to be accepted. libuv accepts one connection in each turn (from 1.45 on:
 * Node.js 20 and later), and a turn reads every connection that has bytes: the more clients were accepted, the longer the next one
 * waited. With handlers of 100 µs, 460 of 1,000 clients that connected at once had no response after four seconds.
 *
 * Connections that are read beyond the share of a turn read no more until it is their turn. While no connection is accepted they all read.
 */
class ShortTurns {
  /** Whether turns are to be short. */
  on = false;
  /** This turn has accepted a connection. */
  #hasAccepted = false;
  /** The end of this turn is awaited. */
  #awaitsEnd = false;
  #turnsInARow = 0;
  #reads = 0;
  /** Those whose turn comes next, and the place of the first of them. */
  #first: Waiting[] = [];
  #next = 0;
  /** Those behind them. Two arrays: a `Set` keeps memory, as `IndexedList` says, and an array moves all entries when its first one goes. */
  #behind: Waiting[] = [];

  /** A connection is accepted. */
  accepted(): void {
    this.#hasAccepted = true;
    if (this.#awaitsEnd) return;
    this.#awaitsEnd = true;
    // The check phase follows the poll phase, which accepts and reads.
    setImmediate(this.#endTurn);
  }

  /** Counts a read of this turn. @returns whether the connection has to wait for another one */
  isOver(): boolean {
    return ++this.#reads > READS_WHILE_ACCEPTING || this.#hasWaiting;
  }

  /** Lets a connection that has stopped to read wait until it is its turn. */
  wait(connection: Waiting): void {
    this.#behind.push(connection);
  }

  get #hasWaiting(): boolean {
    return this.#next < this.#first.length || this.#behind.length > 0;
  }

  readonly #endTurn = (): void => {
    this.#reads = 0;
    if (this.#hasAccepted) {
      this.#hasAccepted = false;
      this.on = ++this.#turnsInARow >= TURNS_IN_A_ROW;
      setImmediate(this.#endTurn);
      this.#goOn(READS_WHILE_ACCEPTING);
    } else {
      this.on = false;
      this.#awaitsEnd = false;
      this.#turnsInARow = 0;
      this.#goOn(Number.POSITIVE_INFINITY);
    }
  };

  #goOn(most: number): void {
    for (let count = 0; count < most && this.#hasWaiting; count++) {
      if (this.#next === this.#first.length) {
        this.#first = this.#behind;
        this.#behind = [];
        this.#next = 0;
      }
      this.#first[this.#next++]!.turnCame();
    }
    // The last ones may be closed soon, and would be held.
    if (this.#hasWaiting) return;
    this.#first = [];
    this.#next = 0;
  }
}

/** All servers of a process share the event loop. */
export const shortTurns: ShortTurns = /* @__PURE__ */ new ShortTurns();
