import { readdirSync, readlinkSync } from "node:fs";

/** How many descriptors of this process have a file open; null where the operating system does not say. */
export function openCount(path: string): number | null {
  if (process.platform !== "linux") return null;
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
    } catch {
      return false;
    }
  }).length;
}
