import { FileResponse } from "../http/file-plan.ts";
import { OpenFile } from "../http/open-file.ts";
import type { PreparedResponse } from "../http/outgoing.ts";
import type { RouteMatch, Routes } from "./routes.ts";

/**
 * What a request gets that a file's route matches: the file, or, as in Bun, what is next best if it is missing.
 * @param query with its "?", or ""
 * @returns what files and directories answer; else the match of another route, or null
 * @throws the operating system's errors that do not say that there is nothing
 */
export function findFile(
  routes: Routes,
  match: RouteMatch,
  method: string,
  path: string,
  query: string,
): FileResponse | PreparedResponse | RouteMatch | null {
  const missing: string[] = [];
  for (
    let next: RouteMatch | null = match;
    next !== null;
    next = routes.matchWithout(missing, method, path)
  ) {
    const { value: route, pattern } = next;
    if (route.kind === "directory") return route.directory.answer(path, query);
    if (route.kind !== "file") return next;
    try {
      return FileResponse.open(route.content, false);
    } catch (error) {
      if (!OpenFile.isMissing(error)) throw error;
    }
    missing.push(pattern);
  }
  return null;
}
