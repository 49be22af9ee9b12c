import type { Ended } from "./child.ts";
import { findEntry } from "./entry.ts";
import { readPackage } from "./package.ts";

/** A command of Bun that is not there. */
export interface AbsentCommand {
  readonly name: string;
  readonly instead: string;
  readonly rest: readonly string[];
}

/**
 * Says that the command is not there, and what to use. `x` runs a command of the project; others it does not install.
 */
export async function refuse({ name, instead, rest: [first, ...rest] }: AbsentCommand): Promise<Ended> {
  const folder = process.cwd();
  if (name === "x" && first !== undefined) {
    const entry = await findEntry(first, false, folder);
    if (entry.kind === "command") {
      const { runCommand } = await import("./script.ts");
      return runCommand(entry.file, rest, { isSilent: true, replacesNode: false });
    }
  }
  // A script of that name may be what has called this command: its name is no way out.
  const hasScript =
    process.env["npm_lifecycle_event"] !== name && Object.hasOwn(readPackage(folder)?.scripts ?? {}, name);
  const script = hasScript ? `\nThe script of package.json runs by \`mantou run ${name}\`.` : "";
  process.stderr.write(`mantou: the command "${name}" is not there. Use ${instead}.${script}\n`);
  return { code: 1, signal: null };
}
