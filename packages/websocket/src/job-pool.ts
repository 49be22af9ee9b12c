/**
 * How many messages may be in the thread pool at once. libuv has four threads by default. Files and DNS need them too, so one is
 * left for them. (ws allows itself ten jobs.)
 */
const POOL_JOBS = 3;

/** How many of them may be long jobs, so that a short job never waits for the end of a long one. */
const LONG_JOBS = 2;

/** A job's place in the thread pool. */
export interface Place {
  /** The job has ended: another job may take the place. To be called once. */
  leave(): void;
  /** The job has turned out to be long: gives the place up. `job` goes on when its turn among the long jobs has come. */
  moveToLong(job: Job): void;
}

/** Starts its work, and leaves its place when that has ended. */
export type Job = (place: Place) => void;

/** First in, first out. (`Array.prototype.shift` moves all remaining items: seconds for 50,000.) */
class Fifo<Item> {
  #items: Item[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Takes the first item; there must be one. */
  take(): Item {
    const item = this.#items[this.#first++]!;
    if (this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}

/** The waiting jobs of one owner. */
interface Waiting {
  readonly owner: object;
  readonly jobs: Fifo<Job>;
  /** Whether the owner is in the queue of turns. */
  hasTurn: boolean;
}

/** Jobs by their owners, which take turns, so that one owner's queue delays no other owner. Each owner's jobs keep their order. */
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

  /** The owner's job has ended: the owner goes to the end of the queue. */
  release(owner: object): void {
    const waiting = this.#waiting.get(owner);
    if (waiting !== undefined) this.#queue(waiting);
  }

  /** Starts the next job of an owner that is not busy; false if there is none. */
  start(isLong: boolean): boolean {
    while (this.#turns.length > 0) {
      const waiting = this.#turns.take();
      waiting.hasTurn = false;
      // It has a job from the other queue in the pool, and will be released.
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
/** The owners of the running jobs: each has one job in the pool at a time. */
const busy = new Set<object>();
let runningLong = 0;
let starting = false;

/**
 * Starts a job as soon as there is room for it: short jobs first, but for one place that long jobs always have. A flood of messages
 * that are small on the wire and big in memory therefore delays only other long jobs.
 *
 * @param owner owners take turns, and each has at most one running job
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

/** A loop, and no recursion: jobs of closed connections end in the call that starts them, and 4,000 nested calls overflow the stack. */
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
