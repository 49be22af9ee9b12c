import type { Outcome, Response } from "../exchange/exchange.ts";
import type { Finding, Rule } from "./rule.ts";

/** The end of the connection in words. */
export const ENDS: Readonly<Record<Outcome["end"], string>> = {
  open: "the connection stayed open",
  closed: "the connection was closed",
  reset: "the connection was reset",
  flooded: "it sent more than 4 MiB",
};

/** What came back, in a line: statuses, and the end of the connection. */
export function describe(outcome: Outcome): string {
  const parts: string[] = [];
  const statuses = outcome.responses.map(({ interim, status }) => [...interim, status].join(" then "));
  if (statuses.length > 0)
    parts.push(
      `${statuses.length === 1 ? "one response" : `${statuses.length} responses`} (${statuses.join(", ")})`,
    );
  if (outcome.unfinished !== null) parts.push(`a response without its end (${outcome.unfinished.status})`);
  if (outcome.interim.length > 0 && outcome.unfinished === null)
    parts.push(`an interim response only (${outcome.interim.join(", ")})`);
  if (outcome.error !== null) parts.push(`bytes that are no valid response: ${outcome.error.message}`);
  if (outcome.received.length === 0) parts.push("nothing");
  if (outcome.silences > 0) parts.push("nothing before the content was sent");
  if (outcome.extraBytes > 0) parts.push(`${outcome.extraBytes} bytes behind the last response`);
  return `${parts.join(", ")}; ${ENDS[outcome.end]}`;
}

export function isClosed({ end }: Outcome): boolean {
  return end === "closed" || end === "reset";
}

const broken = (due: string, outcome: Outcome): Finding => ({ due, got: describe(outcome) });

/**
 * The first request of the exchange must be refused with one of the statuses. A server that refuses each POST may do that first.
 * @param close the connection must not live on, and nothing behind the request be answered
 */
export function refused(statuses: readonly number[], close: boolean, due: string): Rule["judge"] {
  return ([outcome], { exchanges }, { post }) => {
    const first = outcome!.responses[0];
    const isRefusedAnyway =
      exchanges[0]!.methods[0] === "POST" && post.status >= 400 && first?.status === post.status;
    if (first === undefined || !(statuses.includes(first.status) || isRefusedAnyway))
      return broken(due, outcome!);
    if (close && (outcome!.responses.length > 1 || !isClosed(outcome!))) return broken(due, outcome!);
    return null;
  };
}

/** As `refused`, with any 4xx or 5xx. A connection that is closed without a response is refusal enough. */
export function refusedSomehow(close: boolean, due: string): Rule["judge"] {
  return ([outcome]) => {
    const { responses } = outcome!;
    const first = responses[0];
    if (first === undefined ? !isClosed(outcome!) : first.status < 400) return broken(due, outcome!);
    if (close && (responses.length > 1 || !isClosed(outcome!))) return broken(due, outcome!);
    return null;
  };
}

/**
 * As `refusedSomehow`, of a request line: a 301 to a target that is encoded right is as good (RFC 9112 §3). Where a plain request gets
 * one too, it shows nothing.
 */
export function refusedLine(due: string): Rule["judge"] {
  const refuses = refusedSomehow(false, due);
  return (outcomes, trial, facts) =>
    outcomes[0]!.responses[0]?.status === 301 && facts.plain.status !== 301
      ? null
      : refuses(outcomes, trial, facts);
}

/** Statuses by which a server refuses bytes, and not what they ask for. */
export const REFUSALS: ReadonlySet<number> = new Set([400, 408, 413, 414, 431, 501, 505]);

/**
 * How many responses answer requests. A server may respond before it has read the content, and then refuse what it finds there: such
 * a refusal is no answer to a canary. (No target is examined that gives such a status to a plain request.)
 */
export function answers({ responses }: Outcome): number {
  return responses.filter(({ status }) => !REFUSALS.has(status)).length;
}

/** At most one answer may come, whatever it says, and the connection must be closed: what is hidden behind it is no request. */
export function answeredOnce(due: string): Rule["judge"] {
  return ([outcome]) =>
    answers(outcome!) > 1 || !isClosed(outcome!) || outcome!.error !== null ? broken(due, outcome!) : null;
}

/**
 * All requests of each exchange are answered, none with a status that refuses its syntax or framing.
 * @param refusals statuses that would refuse it
 * @param anyContent the contents of a POST differ, and the application may refuse one of them for what it says
 */
export function accepted(
  due: string,
  refusals: readonly number[] = [400, 501, 505],
  anyContent = false,
): Rule["judge"] {
  return (outcomes, { exchanges }, { post, chunked }) => {
    // A status that an application gives to each POST refuses no bytes, if the request behind it is answered: its end was found.
    const isUsual = (method: string | undefined, status: number) =>
      method === "POST" && (anyContent || status === post.status || status === chunked.status);
    for (const [i, outcome] of outcomes.entries()) {
      const { responses } = outcome;
      const { methods } = exchanges[i]!;
      const isRefused = responses.some(
        ({ status }, j) =>
          refusals.includes(status) && !(j + 1 < responses.length && isUsual(methods[j], status)),
      );
      if (isRefused || outcome.error !== null) return broken(due, outcome);
      // A server may close behind each response if it says so; then it owes no further one.
      const owes = responses.at(-1)?.keepAlive ?? true;
      if (responses.length < methods.length && owes) return broken(due, outcome);
      if (responses.length > methods.length) return broken(due, outcome);
    }
    return null;
  };
}

/** Each response on its own. */
export function eachResponse(
  due: string,
  isRight: (response: Response, outcome: Outcome, index: number) => boolean,
): Rule["judge"] {
  return (outcomes) => {
    for (const outcome of outcomes) {
      const wrong = outcome.responses.find((response, i) => !isRight(response, outcome, i));
      if (wrong !== undefined)
        return { due, got: `${describe(outcome)}; the one with ${wrong.status} is wrong` };
    }
    return null;
  };
}

/** The judge of a trial that is judged as a whole. */
export function judged(due: string, isRight: (outcomes: readonly Outcome[]) => boolean): Rule["judge"] {
  return (outcomes) =>
    isRight(outcomes) ? null : { due, got: outcomes.map(describe).join("; on the other connection ") };
}
