// A command that starts a server and prints its address.
import { spawn } from "node:child_process";
import { once } from "node:events";

/** Milliseconds until a server must listen. */
const START = 60_000;

/**
 * Starts a command, and waits for its line `Listening on URL`.
 * @param {readonly string[]} command
 * @param {{ folder: string, env?: Record<string, string> }} where
 * @returns the address, and a function that ends the command with all that it has started
 */
export async function startProgram([program, ...args], { folder, env = {} }) {
  // A group of its own: npm does not pass every signal on.
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const closed = once(child, "close");
  let printed = "";
  const url = await new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${[program, ...args].join(" ")} ${why}\n${printed}`));
    const timer = setTimeout(() => fail(`has not listened after ${START / 1000} s`), START);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        printed += text;
        const found = /Listening on (http\S+)/.exec(printed);
        if (found !== null) resolve(found[1]);
      });
    }
    child.once("error", (error) => fail(`does not start: ${error.message}`));
    child.once("close", (code) => fail(`ended with ${code}`));
    closed.catch(() => {}).then(() => clearTimeout(timer));
  }).catch((error) => {
    end(child);
    throw error;
  });
  return {
    url,
    stop: () => {
      end(child);
      return closed;
    },
  };
}

function end({ pid }) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
