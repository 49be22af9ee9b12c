/**
 * How many messages may be in the thread pool at once. libuv has four threads unless told otherwise, and files and names
 * need them too: one is left to those. (ws allows itself ten jobs.)
 */
const POOL_JOBS = 3;

/** How many of those may be long ones, so that a short one never waits for a long one to end. */
const LONG_JOBS = 2;

/** A job's place in the thread pool. */
export interface Place {
  /** The job has ended: another may have the place. Once. */
  leave(): void;
  /** The job has turned out to be long: gives the place up, and goes on with `job` when its turn among the long ones has come. */
  moveToLong(job: Job): void;
}

/** Begins its work, and leaves its place when that has ended. */
export type Job = (place: Place) => void;

/** First in, first out. (`Array.prototype.shift` moves all that is left: of 50,000 that takes seconds.) */
class Fifo<Item> {
  #items: Item[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Takes the first; there must be one. */
  take(): Item {
    const item = this.#items[this.#first++]!;
    if (this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}

/** What one owner waits with. */
interface Waiting {
  readonly owner: object;
  readonly jobs: Fifo<Job>;
  /** Whether it stands among the turns. */
  hasTurn: boolean;
}

/** Jobs by their owners, which take turns, so that the queue of one delays no other. Each owner's jobs keep their order. */
class TurnQueue {
  readonly #waiting = new Map<object, Waiting>();
  readonly #turns = new Fifo<Waiting>();

  add(owner: object, job: Job): void {
    let waiting = this.#waiting.get(owner);
    if (waiting === undefined) {
      waiting = { owner, jobs: new Fifo(), hasTurn: false };
      this.#waiting.set(owner, waiting);
    }
    waiting.jobs.push(job);
    if (!busy.has(owner)) this.#queue(waiting);
  }

  /** The owner's job has ended: it is behind all others now. */
  release(owner: object): void {
    const waiting = this.#waiting.get(owner);
    if (waiting !== undefined) this.#queue(waiting);
  }

  /** Starts the next job whose owner is not busy; false if there is none. */
  start(isLong: boolean): boolean {
    while (this.#turns.length > 0) {
      const waiting = this.#turns.take();
      waiting.hasTurn = false;
      // It has a job in the other queue's place, and will be released.
      if (busy.has(waiting.owner)) continue;
      const job = waiting.jobs.take();
      if (waiting.jobs.length === 0) this.#waiting.delete(waiting.owner);
      run(waiting.owner, job, isLong);
      return true;
    }
    return false;
  }

  #queue(waiting: Waiting): void {
    if (waiting.hasTurn) return;
    waiting.hasTurn = true;
    this.#turns.push(waiting);
  }
}

const short = new TurnQueue();
const long = new TurnQueue();
/** The owners of what runs: each has one job in the pool at a time. */
const busy = new Set<object>();
let runningLong = 0;
let starting = false;

/**
 * Starts a job as soon as there is room for it: short ones first, but for one place, which long ones have whenever they want it.
 * So a flood of messages that are small on the wire and big in memory delays others of its kind, and nothing else.
 *
 * @param owner whose job it is: owners take turns, and each has one job running at most
 */
export function runJob(owner: object, job: Job, isLong: boolean): void {
  (isLong ? long : short).add(owner, job);
  startJobs();
}

function run(owner: object, job: Job, isLong: boolean): void {
  busy.add(owner);
  if (isLong) runningLong++;
  const leave = (): void => {
    busy.delete(owner);
    if (isLong) runningLong--;
    short.release(owner);
    long.release(owner);
    startJobs();
  };
  job({
    leave,
    moveToLong(rest) {
      long.add(owner, rest);
      leave();
    },
  });
}

/** In a loop: jobs of connections that are gone end where they start, and as calls in one another 4,000 overflow the stack. */
function startJobs(): void {
  if (starting) return;
  starting = true;
  while (busy.size < POOL_JOBS && startNext()) {}
  starting = false;
}

function startNext(): boolean {
  return (
    (runningLong === 0 && long.start(true)) ||
    short.start(false) ||
    (runningLong < LONG_JOBS && long.start(true))
  );
}
