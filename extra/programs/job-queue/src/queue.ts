import type { Subprocess } from "bun";
import { type Job, type Kind, kinds, type Progress, State } from "./job";
import type { Store } from "./store";

export type Listener = (event: string, job: Job) => void;

/** Runs one job after another, each in a process of its own. */
export class Queue {
  #jobs = new Map<number, Job>();
  #listeners = new Set<Listener>();
  #running: { job: Job; stop: AbortController } | null = null;
  #lastId = 0;

  constructor(
    private readonly store: Store,
    jobs: Job[],
  ) {
    for (const job of jobs) this.#jobs.set(job.id, job);
    this.#lastId = jobs.at(-1)?.id ?? 0;
  }

  get all(): Job[] {
    return [...this.#jobs.values()];
  }

  get(id: number): Job | undefined {
    return this.#jobs.get(id);
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async add(kind: string, input: string, timeout: number): Promise<Job> {
    const job: Job = {
      id: ++this.#lastId,
      kind,
      input,
      timeout,
      state: State.Waiting,
      progress: 0,
      output: "",
      errors: "",
      exitCode: null,
      signal: null,
    };
    this.#jobs.set(job.id, job);
    await this.#changed("waiting", job);
    return job;
  }

  /** @returns whether there was anything to cancel */
  async cancel(job: Job): Promise<boolean> {
    if (this.#running?.job === job) {
      this.#running.stop.abort();
      return true;
    }
    if (job.state !== State.Waiting) return false;
    job.state = State.Cancelled;
    await this.#changed("cancelled", job);
    return true;
  }

  async remove(job: Job): Promise<void> {
    this.#jobs.delete(job.id);
    await this.store.remove(job);
  }

  /** Runs what waits; called again whenever something was added. */
  async run(): Promise<void> {
    if (this.#running !== null) return;
    const job = this.all.find(({ state }) => state === State.Waiting);
    if (job === undefined) return;
    const stop = new AbortController();
    this.#running = { job, stop };
    job.state = State.Running;
    await this.#changed("running", job);
    try {
      await this.#work(job, kinds[job.kind]!, stop.signal);
    } catch (error) {
      job.state = State.Failed;
      job.errors = (error as Error).message;
    }
    this.#running = null;
    await this.#changed(job.state, job);
    await this.run();
  }

  async #work(job: Job, kind: Kind, signal: AbortSignal): Promise<void> {
    await using child =
      "worker" in kind ? this.#worker(job, kind.worker, signal) : this.#command(job, kind.command, signal);
    const [output, errors, code] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    Object.assign(job, {
      output: output.trimEnd(),
      errors: errors.trimEnd(),
      exitCode: child.exitCode,
      signal: child.signalCode,
    });
    if (child.signalCode === null) job.state = code === 0 ? State.Done : State.Failed;
    else job.state = signal.aborted ? State.Cancelled : State.TimedOut;
  }

  #worker(job: Job, task: string, signal: AbortSignal): Subprocess<Blob, "pipe", "pipe"> {
    return Bun.spawn([process.execPath, `${import.meta.dir}/worker.ts`, task], {
      stdin: new Blob([job.input]),
      stdout: "pipe",
      stderr: "pipe",
      timeout: job.timeout,
      killSignal: "SIGKILL",
      signal,
      env: { ...process.env, JOB: String(job.id) },
      ipc: (message: Progress) => {
        job.progress = Math.round((100 * message.step) / message.of);
        if (message.at instanceof Date) this.#tell("progress", job);
      },
    });
  }

  #command(job: Job, command: string[], signal: AbortSignal): Subprocess<"pipe", "pipe", "pipe"> {
    const child = Bun.spawn({
      cmd: command,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      timeout: job.timeout,
      signal,
    });
    for (const line of job.input.split("\n")) child.stdin.write(`${line}\n`);
    child.stdin.end();
    return child;
  }

  async #changed(note: string, job: Job): Promise<void> {
    await this.store.save(job, note);
    this.#tell(note, job);
  }

  #tell(event: string, job: Job): void {
    for (const listener of this.#listeners) listener(event, job);
  }
}
