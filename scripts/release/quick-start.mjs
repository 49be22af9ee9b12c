// The site's quick start, by its commands alone: from nothing to a chat in two workers.
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { follow, stepsOf } from "./follow.mjs";
import { packages } from "./pack.mjs";

/** What each `curl` of the page prints. */
const ANSWERS = [/^\{"id":"42"\}$/, /<title>Chat<\/title>/, /<title>Chat<\/title>/];

export async function checkQuickStart({ folder, registry, lines, check }) {
  const page = readFileSync(join(packages, "../extra/site/pages/guide/quick-start.md"), "utf8");
  const steps = stepsOf(page, (_language, info) => info === "run" || info.startsWith("file="));
  for (const { line, binary } of lines) {
    await check(`Node.js ${line}: the ${steps.length} steps of the quick start`, async () => {
      const answers = await follow(steps, { folder: mkdtempSync(join(folder, "start-")), registry, binary });
      const fits =
        answers.length === ANSWERS.length && ANSWERS.every((answer, index) => answer.test(answers[index]));
      if (!fits) throw new Error(`The servers say ${JSON.stringify(answers)}`);
    });
  }
}
