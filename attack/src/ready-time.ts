import { readFileSync } from "node:fs";

/**
 * Milliseconds for which a process's main thread was ready to run, and others ran: what a busy machine adds to each wait. It is
 * the second number of the scheduler's account (Linux); 0 where there is none.
 * @param task a process id, or "thread-self" for the calling thread
 */
export function readyTime(task: number | "thread-self"): number {
  try {
    return Number(readFileSync(`/proc/${task}/schedstat`, "latin1").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}
