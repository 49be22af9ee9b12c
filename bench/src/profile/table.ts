import { machineLine, placementLine } from "../format.ts";
import { otherPlace, placeNames, type Sampled, sharesByPlace } from "./places.ts";
import type { Profile, ProfileResults, ScenarioProfile } from "./run.ts";

/** The tables of one scenario in Markdown, which the terminal can show as well. */
export function scenarioTable({ scenario, profiles, failures }: ScenarioProfile, top: number): string {
  const shares = profiles.map(({ samples, runtime }) => {
    return runtime === "node" ? sharesByPlace(samples) : roughly(samples);
  });
  const rows = placeNames.flatMap((place) => {
    if (!shares.some((share) => (share.get(place) ?? 0) >= 0.005)) return [];
    const cells = profiles.map(({ cpuMicroseconds }, index) => {
      return microseconds(cpuMicroseconds * (shares[index]!.get(place) ?? 0));
    });
    return [[place, ...cells]];
  });
  const head = ["CPU µs each", ...profiles.map(({ name }) => name)];
  const all = ["**all**", ...profiles.map(({ cpuMicroseconds }) => `**${microseconds(cpuMicroseconds)}**`)];
  const lines = [head, ["---", ...profiles.map(() => "---:")], all, ...rows];
  return [
    `### ${scenario.name}, profile`,
    `${scenario.title}.`,
    lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
    ...profiles.filter(({ runtime }) => runtime === "node").flatMap((profile) => mostExpensive(profile, top)),
    ...(failures.length === 0 ? [] : [failures.map((failure) => `- Failed: ${failure}`).join("\n")]),
  ].join("\n\n");
}

/** Another runtime's functions may have any name, or none. */
function roughly(samples: readonly Sampled[]): ReadonlyMap<string, number> {
  const kernel = sharesByPlace(samples).get("kernel") ?? 0;
  return new Map([
    ["kernel", kernel],
    [otherPlace, samples.reduce((sum, { share }) => sum + share, 0) - kernel],
  ]);
}

function mostExpensive({ name, samples }: Profile, top: number): string[] {
  if (top === 0) return [];
  const functions = samples.filter(({ object }) => !object.startsWith("[k")).slice(0, top);
  const named = functions.map(
    ({ symbol, share }) => `\`${shortened(symbol)}\` ${(share * 100).toFixed(1)} %`,
  );
  return [`${name}, outside of the kernel: ${named.join(", ")}.`];
}

/** Without V8's marks and the folders of the file: "JS:*receive file:///a/packages/serve/dist/core.js:1:2" is "receive core.js:1". */
export function shortened(symbol: string): string {
  const script = /^\w+:[*^~+']*(.*?) (?:file|node):(?:\S*\/)?([^/\s]+?):(\d+):\d+$/.exec(symbol);
  if (script !== null) return `${script[1] === "" ? "(anonymous)" : script[1]} ${script[2]}:${script[3]}`;
  return symbol.replace(/\(.*$/s, "").replaceAll("`", "");
}

function microseconds(value: number): string {
  return value.toFixed(value < 1 ? 3 : value < 100 ? 2 : 0);
}

/** The section of docs/benchmarks.md. */
export function section(results: ProfileResults, top: number): string {
  const { command, date, commit, versions } = results;
  return [
    "## Where the CPU time goes",
    "Written by `node bench/dist/profile/main.js --out docs/benchmarks.md`. The same servers and loads as above, one window each, sampled by " +
      "`perf`: for each operation, the CPU time of all threads of the server by the place of the code. Sampling costs some time itself, and one " +
      "window has no spread: the shares say where the time goes, the tables above how much it is. Bun's functions have no names in its binary; what " +
      "is not the kernel's stands under *other*.",
    `\`\`\`sh\n${command}\n\`\`\``,
    [
      machineLine(results),
      placementLine(results),
      `${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", ")}, ${date}${commit === "" ? "" : ` at ${commit}`}`,
    ]
      .map((line) => `- ${line}`)
      .join("\n"),
    ...results.scenarios.map((scenario) => scenarioTable(scenario, top)),
  ].join("\n\n");
}
