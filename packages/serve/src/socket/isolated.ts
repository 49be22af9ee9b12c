import { report } from "../errors/log.ts";

/** Runs one of several tasks. What it throws is reported, and does not keep the others from running. */
export function runIsolated(task: () => void): void {
  try {
    task();
  } catch (error) {
    report(error);
  }
}
