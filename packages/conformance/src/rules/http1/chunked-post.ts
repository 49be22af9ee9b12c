import type { Trial } from "../../exchange/exchange.ts";
import type { Facts } from "../facts.ts";
import { answeredOnce } from "../judges.ts";
import { canary, post, trial } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";

const LAST = "at most one response, and the connection closed: the end of the content is not known";
/** Behind such content nothing may be answered. */
export const last: Rule["judge"] = answeredOnce(LAST);

/** A POST with a body in the chunked coding, and a canary behind it. */
export function chunked(site: Site, body: string): Trial {
  return trial(`${post(site, ["Transfer-Encoding: chunked"], body)}${canary(site)}`, ["POST", "GET"]);
}

/** Whether a request behind the content shows where it has ended. */
export const goesOn = ({ chunked: { status, persists, pipelines } }: Facts): string | null => {
  if (pipelines) return null;
  return persists
    ? "it does not answer what is pipelined behind a chunked POST (rfc9112/9.3.2/pipelining)"
    : `it closes the connection after a chunked POST (${status})`;
};
