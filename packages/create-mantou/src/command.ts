import { relative } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { type Ask, askFor } from "./ask.ts";
import { createProject } from "./create.ts";
import { TEMPLATES } from "./templates.ts";

/** What the command talks to. */
export interface Terminal {
  print(text: string): void;
  complain(text: string): void;
  /** Asks a question and resolves with the line of the user; null without a user. */
  readonly ask: Ask | null;
  /** As package managers set it in `npm_config_user_agent`. */
  readonly userAgent: string | undefined;
}

/** The exit codes. */
export const EXIT = { created: 0, failed: 1, usage: 2 } as const;

const list = TEMPLATES.map(({ name, description }) => `  ${name.padEnd(8)} ${description}`).join("\n");

export const HELP: string = `Usage: npm create mantou [folder] [-- --template NAME]

Makes a folder with a new server, from a template. What is not given is asked for.

  -t, --template NAME   one of the templates below
  -h, --help            prints this

Templates:
${list}

Examples:
  npm create mantou
  npm create mantou my-app -- --template chat
  pnpm create mantou my-app --template rest`;

/** Runs `create-mantou …args`. @returns the exit code */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  let given: { folder: string | undefined; template: string | undefined; help: boolean };
  try {
    given = readArguments(args);
  } catch (error) {
    terminal.complain(`${(error as Error).message}\n\n${HELP}`);
    return EXIT.usage;
  }
  if (given.help) {
    terminal.print(HELP);
    return EXIT.created;
  }
  if ((given.folder === undefined || given.template === undefined) && terminal.ask === null) {
    const missing = given.folder === undefined ? "a folder" : "--template";
    terminal.complain(`Without a terminal to ask in, ${missing} must be given.\n\n${HELP}`);
    return EXIT.usage;
  }
  try {
    const { folder, template } = await askFor(given, terminal);
    const created = createProject(folder, template);
    terminal.print(nextSteps(created.folder, template, managerOf(terminal.userAgent)));
    return EXIT.created;
  } catch (error) {
    terminal.complain((error as Error).message);
    return error instanceof RangeError ? EXIT.usage : EXIT.failed;
  }
}

/** @throws Error for an option that does not exist, or for a second folder */
function readArguments(args: readonly string[]): {
  folder: string | undefined;
  template: string | undefined;
  help: boolean;
} {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { template: { type: "string", short: "t" }, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  if (positionals.length > 1) throw new Error(foldersFault(positionals));
  return { folder: positionals[0], template: values.template, help: values.help === true };
}

/** The fault of several folders. Without `--`, npm takes `--template` for itself and passes its value on alone. */
function foldersFault(folders: readonly string[]): string {
  const fault = `One folder, not ${folders.length}: ${folders.join(" ")}.`;
  const [folder, template] = folders;
  return folders.length === 2 && TEMPLATES.some(({ name }) => name === template)
    ? `${fault} npm wants -- in front of options: npm create mantou ${folder} -- --template ${template}`
    : `${fault} Names with spaces need quotes.`;
}

/** The package manager that has started this program. */
function managerOf(userAgent = ""): string {
  return /^(pnpm|yarn)\//.exec(userAgent)?.[1] ?? "npm";
}

function nextSteps(folder: string, template: string, manager: string): string {
  const path = relative(process.cwd(), folder);
  const enter = path === "" ? [] : [`  cd ${/\s/.test(path) ? JSON.stringify(path) : path}`];
  const commands = [...enter, `  ${manager} install`, `  ${manager} run dev`];
  return `Created ${folder} from the template "${template}".\n\nNext:\n${commands.join("\n")}\n\nREADME.md there says what is where.`;
}
