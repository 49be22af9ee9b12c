/** Packages that a program installs itself if it uses what needs them: optional peers of this package. */
import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";

const own = createRequire(import.meta.url);

/**
 * Loads a package, as the program finds it.
 * @param user what needs it
 * @throws Error that names the command which installs it
 */
export function loadPeer<M>(name: string, user: string): M {
  for (const require of [...programs(), own]) {
    let path: string;
    try {
      path = require.resolve(name);
    } catch {
      continue;
    }
    return require(path) as M;
  }
  const error = new Error(`${user} needs the package ${name}. Install it: npm install ${name}`);
  throw Object.assign(error, { code: "ERR_MODULE_NOT_FOUND" });
}

/** What the program's file requires, and what its folder does: the program of `-e`, of standard input or of a worker's text is in no file, and its first argument may be anything. */
function programs(): NodeJS.Require[] {
  const [, main = ""] = process.argv;
  return [...(isAbsolute(main) ? [main] : []), join(process.cwd(), "main.js")].map((path) =>
    createRequire(path),
  );
}
