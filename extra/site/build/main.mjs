// `pnpm build` in extra/site: composes the sources, writes the reference, builds the site into dist/, and checks its links.
// `--compose` does the first step alone, for `pnpm dev`; `--pages` leaves out the reference, which takes a third of the time.
import { join } from "node:path";
import { build } from "vitepress";
import { compose, site, source } from "./compose.mjs";
import { deadLinks } from "./links.mjs";
import { writeReference } from "./reference.mjs";

const started = performance.now();
compose();
if (!process.argv.includes("--compose")) {
  const isWhole = !process.argv.includes("--pages");
  if (isWhole) await writeReference(join(source, "public/api"));
  await build(site);
  const problems = deadLinks(join(site, "dist")).filter((problem) => isWhole || !problem.includes(": /api/"));
  for (const problem of problems) console.error(problem);
  console.log(
    `site: ${problems.length} links lead nowhere; built in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}
