/** Names of the program that the transformer replaces: `--define` and `define` of bunfig.toml. */
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";

/** Threads that start later have the data of the thread that starts them: workers, and the thread of the hooks. */
const KEY = "mantou.define";

export type Defines = Readonly<Record<string, string>>;

export function setDefines(defines: Defines): void {
  if (Object.keys(defines).length > 0) setEnvironmentData(KEY, defines);
}

/** Names and their expressions; null if there are none. */
export function getDefines(): Defines | null {
  return (getEnvironmentData(KEY) as Defines | undefined) ?? null;
}
