import { resolve } from "node:path";
import type { Command } from "./arguments.ts";
import { endAs } from "./child.ts";
import { findEntry } from "./entry.ts";
import { readPackage } from "./package.ts";

type AbsentCommand = Extract<Command, { readonly do: "absent" }>;

/** Before these commands Bun takes a script of package.json that has their name. */
const SCRIPTS_FIRST: ReadonlySet<string> = new Set(["check", "fmt"]);

/**
 * Says that the command is not there, and what to use. `x` runs a command of the project; others it does not install.
 */
export async function refuse({ name, instead, rest, settings }: AbsentCommand): Promise<void> {
  const [first, ...behind] = rest;
  if (name === "x" && first !== undefined) {
    const entry = await findEntry(first, false, process.cwd());
    if (entry.kind === "command") {
      const { runCommand } = await import("./script.ts");
      return endAs(await runCommand(entry.file, behind, { isSilent: true, replacesNode: false }));
    }
  }
  const folder = resolve(settings.cwd ?? ".");
  // A script of that name may be what has called this command: it is no way out.
  const hasScript =
    process.env["npm_lifecycle_event"] !== name && Object.hasOwn(readPackage(folder)?.scripts ?? {}, name);
  if (hasScript && SCRIPTS_FIRST.has(name)) {
    const { run } = await import("./run.ts");
    return run({ do: "run", target: name, isRun: true, rest, settings });
  }
  const script = hasScript ? `\nThe script of package.json runs by \`mantou run ${name}\`.` : "";
  process.stderr.write(`mantou: the command "${name}" is not there. Use ${instead}.${script}\n`);
  process.exitCode = 1;
}
