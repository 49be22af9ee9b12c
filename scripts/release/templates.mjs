// Each template of create-mantou, from the command of a user to a server that answers, with the packed packages.
import { mkdtempSync } from "node:fs";
import { dirname, join } from "node:path";
import { readManifest } from "./pack.mjs";
import { command } from "./project.mjs";
import { startProgram } from "./server-program.mjs";

/** Milliseconds for an installation, a build and a test. */
const LONG = 300_000;

/**
 * @param context of runParts()
 * @param {readonly string[]} names of the templates
 */
export async function checkTemplates({ folder, registry, lines, check }, names) {
  for (const name of names) {
    const parent = mkdtempSync(join(folder, "template-"));
    // npm keeps what it has run by its name and version, also that of an earlier check.
    const env = {
      npm_config_registry: registry,
      npm_config_yes: "true",
      npm_config_cache: join(parent, "cache"),
    };
    const create = ["npm", "create", "mantou", "app", "--", "--template", name];
    const made = await check(`${name}: ${create.join(" ")}`, () =>
      command(parent, create, { timeout: LONG, env }),
    );
    if (made) await checkProject(join(parent, "app"), name, { registry, lines, check });
  }
}

async function checkProject(folder, name, { registry, lines, check }) {
  const envOf = (binary) => ({
    npm_config_registry: registry,
    npm_config_audit: "false",
    npm_config_fund: "false",
    PATH: `${dirname(binary)}:${process.env.PATH}`,
    PORT: "0",
  });
  const npm = (binary, ...args) => command(folder, ["npm", ...args], { timeout: LONG, env: envOf(binary) });
  const { scripts } = readManifest(folder);
  const once = [
    ["install"],
    ...["types", "build"].filter((script) => script in scripts).map((script) => ["run", script]),
  ];
  for (const args of once) {
    if (!(await check(`${name}: npm ${args.join(" ")}`, () => npm(process.execPath, ...args)))) return;
  }
  const servers = Object.keys(scripts).filter((script) => /^(dev|start)/.test(script));
  for (const { line, binary } of lines) {
    await check(`${name}, Node.js ${line}: npm test`, () => npm(binary, "test"));
    for (const script of servers) {
      await check(`${name}, Node.js ${line}: npm run ${script}, and it answers`, async () => {
        const program = await startProgram(["npm", "run", script], { folder, env: envOf(binary) });
        try {
          const response = await fetch(program.url);
          if (response.status !== 200) throw new Error(`GET ${program.url} gets ${response.status}`);
        } finally {
          await program.stop();
        }
      });
    }
  }
}
