export enum State {
  Waiting = "waiting",
  Running = "running",
  Done = "done",
  Failed = "failed",
  Cancelled = "cancelled",
  TimedOut = "timed out",
}

export interface Job {
  readonly id: number;
  readonly kind: string;
  readonly input: string;
  readonly timeout: number;
  state: State;
  progress: number;
  output: string;
  errors: string;
  exitCode: number | null;
  signal: string | null;
}

export interface Progress {
  step: number;
  of: number;
  at: Date;
}

/** What a kind of job runs. Kinds of `worker` are functions of src/worker.ts. */
export type Kind = { worker: string } | { command: string[] };

export const kinds: Record<string, Kind> = {
  words: { worker: "words" },
  steps: { worker: "steps" },
  crash: { worker: "crash" },
  sleep: { worker: "sleep" },
  sort: { command: ["sort", "-u"] },
  checksum: { command: ["sha256sum"] },
  upper: { command: ["tr", "a-z", "A-Z"] },
  idle: { command: ["sleep", "60"] },
  missing: { command: ["no-such-program-anywhere"] },
};

export const isOver = (job: Job): boolean => job.state !== State.Waiting && job.state !== State.Running;
