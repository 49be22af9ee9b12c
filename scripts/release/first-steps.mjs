// What the README's first blocks say, done by their commands alone: from an empty folder to a server that answers.
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { follow, stepsOf } from "./follow.mjs";
import { packages } from "./pack.mjs";

/** The promise of the README. */
const COMMANDS = 3;

export async function checkFirstSteps({ folder, registry, lines, check }) {
  const [introduction] = readFileSync(join(packages, "../README.md"), "utf8").split("\n## ");
  const steps = stepsOf(introduction, () => true);
  const commands = steps.filter((step) => typeof step === "string");
  for (const { line, binary } of lines) {
    await check(`Node.js ${line}: ${commands.join(" && ")}`, async () => {
      if (commands.length > COMMANDS) throw new Error(`These are more than ${COMMANDS} commands`);
      const answers = await follow(steps, { folder: mkdtempSync(join(folder, "first-")), registry, binary });
      if (answers.join() !== '{"id":"42"}') throw new Error(`The server says ${answers}`);
    });
  }
}
