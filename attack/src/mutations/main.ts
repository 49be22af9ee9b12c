// `pnpm attack:mutations [name…]`, `pnpm relay:mutations [name…]`: removes fixes, one at a time, in a copy of the tree, and expects that an
// attack or a test fails. `--in FOLDER` names the folder of the mutations.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Mutation, nameOf, readMutations } from "./mutation.ts";
import { Workshop } from "./workshop.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { values, positionals: words } = parseArgs({
  options: { in: { type: "string", default: "attack/test/mutations" } },
  allowPositionals: true,
});
const mutations = readMutations(join(root, values.in)).filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);

/** The verdict, in one word or with the reason. */
async function judge(workshop: Workshop, mutation: Mutation): Promise<string> {
  try {
    return (await workshop.kills(mutation)) ? "killed" : "SURVIVED";
  } catch (error) {
    return `NOT TRIED: ${(error as Error).message}`;
  }
}

/** @returns the names of killers that fail on the unchanged tree, and so prove nothing */
async function failingAnyway(workshop: Workshop): Promise<ReadonlySet<string>> {
  const failing = new Set<string>();
  const killers = new Map(mutations.map(({ killer }) => [nameOf(killer), killer]));
  for (const [name, killer] of killers) {
    const passes = await workshop.passes(killer);
    console.log(`${name}: ${passes ? "passes" : "FAILS"} with all fixes`);
    if (!passes) failing.add(name);
  }
  return failing;
}

async function run(): Promise<boolean> {
  const workshop = new Workshop(root);
  try {
    const failing = await failingAnyway(workshop);
    let sound = true;
    for (const mutation of mutations) {
      const killer = nameOf(mutation.killer);
      const began = performance.now();
      const verdict = failing.has(killer)
        ? "NOT TRIED: its killer fails anyway"
        : await judge(workshop, mutation);
      const seconds = Math.round((performance.now() - began) / 1000);
      sound &&= verdict === "killed";
      console.log(`${mutation.name.padEnd(36)}${verdict} by ${killer} (${seconds} s)`);
    }
    return sound;
  } finally {
    workshop.remove();
  }
}

if (mutations.length === 0) {
  console.error(`No mutation has this in its name: ${words.join(", ")}`);
  process.exitCode = 2;
} else process.exitCode = (await run()) ? 0 : 1;
