// Follows the commands of a page as a user types them, with the packed packages in place of published ones.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { command } from "./project.mjs";
import { startProgram } from "./server-program.mjs";

/** Milliseconds for one command: an installation may be among them. */
const LONG = 300_000;

/** Commands that go on until they are stopped, and the address that they print stands for the page's. */
const SERVER = /^(node \S+|npm (start|run (dev|start\S*)))$/;

/**
 * What a text of Markdown says to do: its fences that `isStep` picks, in their order.
 * @param {string} markdown
 * @param {(language: string, info: string) => boolean} isStep
 * @returns {Step[]} files come from fences whose first line, or whose `file=`, names them
 */
export function stepsOf(markdown, isStep) {
  return [...markdown.matchAll(/^```(\w+)(?: ([^\n]*))?\n(.*?)^```$/gms)].flatMap(
    ([, language, info = "", text]) => {
      if (!isStep(language, info)) return [];
      if (language === "sh") return text.trim().split("\n");
      return [{ file: /^file=(\S+)/.exec(info)?.[1] ?? /^\/\/ (\S+)/.exec(text)[1], text }];
    },
  );
}

/**
 * Does what the steps say, in an empty folder.
 * @param {readonly Step[]} steps
 * @param {{ folder: string, registry: string, binary: string }} where `binary` is the Node.js to use
 * @returns {Promise<string[]>} what each `curl` has printed
 * @throws Error for the first command that fails, with what it has printed
 */
export async function follow(steps, { folder, registry, binary }) {
  const env = {
    PATH: `${dirname(binary)}:${process.env.PATH}`,
    PORT: "0",
    npm_config_registry: registry,
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    npm_config_yes: "true",
  };
  const answers = [];
  let here = folder;
  let server = null;
  try {
    for (const step of steps) {
      if (typeof step !== "string") writeFileSync(join(here, step.file), step.text);
      else if (step.startsWith("cd ")) here = join(here, step.slice(3));
      else if (SERVER.test(step)) {
        await server?.stop();
        server = await startProgram(step.split(" "), { folder: here, env });
      } else if (step.startsWith("curl ")) answers.push(await ask(step, server, here));
      // npm keeps what it has run by its name and version, also that of an earlier check.
      else if (step.startsWith("npm create "))
        await command(here, step.split(" "), {
          timeout: LONG,
          env: { ...env, npm_config_cache: join(folder, "cache") },
        });
      else await command(here, step.split(" "), { timeout: LONG, env });
    }
  } finally {
    await server?.stop();
  }
  return answers;
}

/** Runs curl with the address of the server that runs: the port of the page may be taken on this machine. */
function ask(step, server, folder) {
  const [program, ...args] = step.replace("http://localhost:3000/", server.url).split(" ");
  return command(folder, [program, "--silent", "--show-error", "--fail", ...args]);
}

/** @typedef {string | { file: string, text: string }} Step a command, or a file to write */
