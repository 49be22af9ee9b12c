import { Buffer } from "node:buffer";
import type { Arrivals } from "../../target/origin.ts";
import { describe } from "../judges.ts";
import type { Finding, Rule } from "../rule.ts";
import type { ViaFacts } from "./facts.ts";

type Judge = Rule<ViaFacts>["judge"];

/** What has arrived, in words. */
function arrived({ requests, faults }: Arrivals): string {
  const list = requests.map(
    ({ method, target, content }) => `${method} ${target} with ${content.length} bytes`,
  );
  const parts = [list.length === 0 ? "no request arrived" : `${list.join(", ")} arrived`];
  if (faults.length > 0) parts.push(`and the origin refused what came: ${faults.join(", ")}`);
  return parts.join(" ");
}

/** The query of hidden requests: it stands in no other one. */
export const HIDDEN = "?hidden";

/** The request that is hidden does not arrive as one, and nothing arrives that a strict origin refuses. */
export const nothingHidden: Judge = ([outcome], _trial, { origin }): Finding | null => {
  const arrivals = origin.take();
  const isHidden = arrivals.requests.some(({ target }) => target.endsWith(HIDDEN));
  if (!isHidden && arrivals.faults.length === 0) return null;
  return {
    due: isHidden
      ? "the hidden request is content, or is not passed on"
      : "what a strict origin accepts, or nothing",
    got: `${arrived(arrivals)}; to the client: ${describe(outcome!)}`,
  };
};

/** The requests arrive as they were sent, each once with its content, and each response is the one to its request. */
export const oneForOne: Judge = ([outcome], { exchanges }, { origin }): Finding | null => {
  const arrivals = origin.take();
  const { methods, contents = [] } = exchanges[0]!;
  const due = `${contents.map((content, i) => `${methods[i]} with ${content.length} bytes`).join(", ")}, each once, and its own response to each`;
  // A response with close is the last one: what is behind its request may be dropped (RFC 9112 §9.6).
  const last = outcome!.responses.findIndex(({ keepAlive }) => !keepAlive);
  let known = 0;
  const isRight = contents.every((content, i) => {
    const own = arrivals.requests.filter(({ target }) => target.endsWith(`?${i}`));
    known += own.length;
    const isOwed = last === -1 || i <= last;
    const [one] = own;
    if (one === undefined) return !isOwed;
    const isSent =
      own.length === 1 && one.method === methods[i] && Buffer.compare(one.content, content) === 0;
    const response = outcome!.responses[i];
    if (response === undefined) return isSent && !isOwed;
    return isSent && Buffer.from(response.content).toString("latin1").includes(`?${i} `);
  });
  if (isRight && arrivals.faults.length === 0 && arrivals.requests.length === known) return null;
  return { due, got: `${arrived(arrivals)}; to the client: ${describe(outcome!)}` };
};

/** Each request that arrives is as it has to be. */
export function arrivesWith(due: string, isRight: (request: Arrivals["requests"][number]) => boolean): Judge {
  return ([outcome], _trial, { origin }): Finding | null => {
    const arrivals = origin.take();
    if (arrivals.requests.every(isRight) && arrivals.faults.length === 0) return null;
    return { due, got: `${arrived(arrivals)}; to the client: ${describe(outcome!)}` };
  };
}
