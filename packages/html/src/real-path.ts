import { realpathSync } from "node:fs";

/** The path behind all links; null for what is not there. */
export function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
