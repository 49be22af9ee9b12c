import { NO_PARAMS } from "../fetch/request.ts";
import { OpenFile } from "../http/open-file.ts";
import type { Outgoing } from "../http/outgoing.ts";
import type { Destination, RouteMatch, Routes } from "./routes.ts";

/**
 * Looks for the file of a route that a request matches and, as in Bun, for the next best route if it is missing.
 * @param query with its "?", or ""
 * @returns null if no route is left
 * @throws the operating system's errors, but for those of a missing file
 */
export function findFile(
  routes: Routes,
  match: RouteMatch,
  method: string,
  path: string,
  query: string,
): Destination | null {
  const missing: string[] = [];
  for (
    let next: RouteMatch | null = match;
    next !== null;
    next = routes.matchWithout(missing, method, path)
  ) {
    const { value: route, params, pattern } = next;
    if (route.kind === "none") return null;
    if (route.kind === "directory") return outgoing(route.directory.respond(path, query), pattern);
    if (route.kind !== "file") return { value: route, params, pattern };
    try {
      return outgoing(route.file.open(false, OpenFile.openIfThere), pattern);
    } catch (error) {
      if (!OpenFile.isMissing(error)) throw error;
    }
    missing.push(pattern);
  }
  return null;
}

function outgoing(response: Outgoing, pattern: string): Destination {
  return { value: { kind: "outgoing", response }, params: NO_PARAMS, pattern };
}
