import { sep } from "node:path";

/** What a build writes: files by their path in its folder, with slashes. */
export type Files = Map<string, string | Uint8Array>;

export function slashed(path: string): string {
  return path.split(sep).join("/");
}
