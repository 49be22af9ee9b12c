// `pnpm release:dry [part…]`: packs all packages as a release would, and uses them as strangers do. It changes nothing in the project, and
// publishes nothing. docs/releasing.md has the parts.
import { checkBundles } from "./bundles.mjs";
import { runParts } from "./context.mjs";
import { checkExamples } from "./examples.mjs";
import { checkFirstSteps } from "./first-steps.mjs";
import { checkImports } from "./imports.mjs";
import { checkQuickStart } from "./quick-start.mjs";
import { checkSizes } from "./sizes.mjs";
import { checkTypes } from "./types.mjs";

/** The parts by their names, in their order. */
const PARTS = {
  steps: checkFirstSteps,
  start: checkQuickStart,
  sizes: checkSizes,
  imports: checkImports,
  examples: checkExamples,
  types: checkTypes,
  bundles: checkBundles,
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(", ")}. The parts are ${Object.keys(PARTS).join(", ")}.`);
  process.exitCode = 2;
} else {
  const chosen = Object.entries(PARTS).filter(([name]) => named.length === 0 || named.includes(name));
  await runParts(
    "release:dry",
    chosen.map(([name, part]) => (context) => {
      console.log(`\n${name}`);
      return part(context);
    }),
  );
}
