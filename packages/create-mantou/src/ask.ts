import { folderFault } from "./create.ts";
import { TEMPLATES } from "./templates.ts";

/** Asks a question. @returns the line of the user; null at the end of the input, and after Ctrl-C */
export type Ask = (question: string) => Promise<string | null>;

const DEFAULT_FOLDER = "mantou-app";

/**
 * Asks for what is not given.
 * @throws Error if the user ends the input
 */
export async function askFor(
  given: { readonly folder: string | undefined; readonly template: string | undefined },
  terminal: { print(text: string): void; readonly ask: Ask | null },
): Promise<{ folder: string; template: string }> {
  const folder = given.folder ?? (await askUntil(terminal, `Folder (${DEFAULT_FOLDER}): `, readFolder));
  if (given.template !== undefined) return { folder, template: given.template };
  const rows = TEMPLATES.map(
    ({ name, description }, index) => `  ${index + 1}  ${name.padEnd(8)} ${description}`,
  );
  terminal.print(["Templates:", ...rows].join("\n"));
  const template = await askUntil(
    terminal,
    `Template, a number or a name (${TEMPLATES[0]!.name}): `,
    readTemplate,
  );
  return { folder, template };
}

/** Repeats a question until its answer fits. */
async function askUntil(
  terminal: { print(text: string): void; readonly ask: Ask | null },
  question: string,
  read: (line: string) => { value: string } | { fault: string },
): Promise<string> {
  for (;;) {
    const line = (await terminal.ask?.(question)) ?? null;
    if (line === null) throw new Error("Nothing was created.");
    const result = read(line.trim());
    if ("value" in result) return result.value;
    terminal.print(result.fault);
  }
}

function readFolder(line: string): { value: string } | { fault: string } {
  const folder = line === "" ? DEFAULT_FOLDER : line;
  const fault = folderFault(folder);
  return fault === null ? { value: folder } : { fault };
}

function readTemplate(line: string): { value: string } | { fault: string } {
  if (line === "") return { value: TEMPLATES[0]!.name };
  const found = TEMPLATES.find(({ name }, index) => line === name || line === String(index + 1));
  return found === undefined
    ? { fault: `"${line}" is neither a number of the list nor a name in it.` }
    : { value: found.name };
}
