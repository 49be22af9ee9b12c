import fc from "fast-check";
import type { Trial } from "../../exchange/exchange.ts";
import { head, mildFields } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";
import type { WebSocketFacts } from "./facts.ts";
import { offering, UPGRADE_LINES } from "./frames.ts";

/** A handshake in which some lines are replaced: those whose names are given. The first response decides. */
export function withLines(
  site: Site,
  lines: Readonly<Record<string, readonly string[]>>,
  mild: readonly string[] = [],
  { method = "GET", minor = 1 }: { readonly method?: string; readonly minor?: number } = {},
): Trial {
  const all = [`Host: ${site.host}`, ...UPGRADE_LINES];
  const written = all.flatMap((line) => lines[line.slice(0, line.indexOf(":"))] ?? [line]);
  return offering(head(`${method} ${site.path} HTTP/1.${minor}`, [...written, ...mild]), method);
}

/** Handshakes in which one line is replaced by others. */
export function replacing(
  name: string,
  values: readonly (string | readonly string[])[],
): Rule<WebSocketFacts>["arbitrary"] {
  return (site) =>
    fc.tuple(fc.constantFrom(...values), mildFields).map(([value, mild]) => {
      const lines = (typeof value === "string" ? [value] : value).map((one) => `${name}: ${one}`);
      return withLines(site, { [name]: lines }, mild);
    });
}

/** No line. */
export const NONE: readonly string[] = [];
