import type { Verdict } from "../run/verdict.ts";

const MARKS: Readonly<Record<Verdict["kind"], string>> = {
  held: "held",
  broken: "BROKEN",
  "not-applicable": "n/a",
  unknown: "?",
};

/** The verdicts by section of the RFC, with the number of trials. */
export function table(verdicts: readonly Verdict[]): string {
  const lines: string[] = [];
  let section = "";
  const width = Math.max(...verdicts.map(({ rule }) => rule.id.length), 0);
  for (const verdict of bySection(verdicts)) {
    const { rule, runs } = verdict;
    const own = sectionOf(rule.id);
    if (own !== section) lines.push(`${lines.length === 0 ? "" : "\n"}${own}`);
    section = own;
    const note =
      verdict.kind === "not-applicable" || verdict.kind === "unknown"
        ? verdict.reason
        : `${runs} ${runs === 1 ? "trial" : "trials"}`;
    lines.push(
      `  ${MARKS[verdict.kind].padEnd(6)}  ${rule.level.padEnd(6)}  ${rule.id.padEnd(width)}  ${note}`,
    );
  }
  return lines.join("\n");
}

/** The numbers of each kind in a line. */
export function summary(verdicts: readonly Verdict[], took: number): string {
  const count = (kind: Verdict["kind"]) => verdicts.filter((verdict) => verdict.kind === kind).length;
  const broken = verdicts.filter(({ kind }) => kind === "broken");
  const security = broken.filter(({ rule }) => rule.security === true).length;
  const musts = broken.filter(({ rule }) => rule.level === "must").length;
  const runs = verdicts.reduce((sum, verdict) => sum + verdict.runs, 0);
  const seconds = took / 1000;
  return [
    `${count("held")} held, ${broken.length} broken (${musts} MUST, ${broken.length - musts} SHOULD; ${security} with security weight), ${count("not-applicable")} not applicable`,
    count("unknown") > 0 ? `, ${count("unknown")} unknown` : "",
    `; ${runs} trials in ${seconds.toFixed(1)} s`,
  ].join("");
}

/** In the order of the documents and their sections: 9.3.2 comes before 9.6, and 10 behind both. */
export function bySection(verdicts: readonly Verdict[]): readonly Verdict[] {
  return [...verdicts].sort(
    (a, b) =>
      b.rule.id.slice(0, 7).localeCompare(a.rule.id.slice(0, 7)) ||
      a.rule.id.localeCompare(b.rule.id, "en", { numeric: true }),
  );
}

/** `RFC 9112 §6.3`, from the id of a rule. */
export function sectionOf(id: string): string {
  const [document = "", section = ""] = id.split("/");
  return `${document.replace("rfc", "RFC ")} §${section}`;
}
