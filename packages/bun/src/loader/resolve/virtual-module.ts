/** Code that stands in no file: of `-e`, and of standard input. */

import { basename } from "node:path";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";

/** The thread of the hooks, which starts later, has it, too. */
const KEY = "mantou.virtual";

interface VirtualModule {
  readonly path: string;
  readonly text: string;
}

/** From now on a file of this path has this text for the loader. There is one for a process. */
export function setVirtualModule(path: string, text: string): void {
  setEnvironmentData(KEY, { path, text } satisfies VirtualModule);
}

/** The text of the path, or null. No file has such a name by accident. */
export function virtualText(path: string): string | null {
  const name = basename(path);
  if (name !== "[eval]" && name !== "[stdin]") return null;
  const virtual = getEnvironmentData(KEY) as VirtualModule | undefined;
  return virtual?.path === path ? virtual.text : null;
}

/** The path of that code, which no file has; null if the program is a file. */
export function virtualPath(): string | null {
  return (getEnvironmentData(KEY) as VirtualModule | undefined)?.path ?? null;
}
