/** Packages that a program installs itself if it uses what needs them: optional peers of this package. */
import { createRequire } from "node:module";
import { join } from "node:path";

const own = createRequire(import.meta.url);

/**
 * Loads a package, as the program finds it.
 * @param user what needs it
 * @throws Error that names the command which installs it
 */
export function loadPeer<M>(name: string, user: string): M {
  const program = createRequire(process.argv[1] ?? join(process.cwd(), "main.js"));
  for (const require of [program, own]) {
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
