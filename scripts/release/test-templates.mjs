// `pnpm test:templates [--one | name…]`: creates projects from the templates of create-mantou with the packed packages, installs and tests them, and
// asks their servers. `--one` takes one at random.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runParts } from "./context.mjs";
import { packages } from "./pack.mjs";
import { checkTemplates } from "./templates.mjs";

const all = readdirSync(join(packages, "create-mantou/templates"));
const args = process.argv.slice(2);
const unknown = args.filter((name) => name !== "--one" && !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no template ${unknown.join(", ")}. The templates are ${all.join(", ")}.`);
  process.exitCode = 2;
} else {
  const one = all[Math.floor(Math.random() * all.length)];
  const names = args.includes("--one") ? [one] : args.length > 0 ? args : all;
  await runParts("test:templates", [(context) => checkTemplates(context, names)]);
}
