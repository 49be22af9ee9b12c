import { compileFunction, Script } from "node:vm";

/** What a module is: its content decides, not its name or a package.json. */
export type ModuleFormat = "module" | "commonjs";

/** The names that a CommonJS module finds. */
const PARAMETERS = ["exports", "require", "module", "__filename", "__dirname"];

/** The format of JavaScript. CommonJS is what compiles as the body of the module function. */
export function formatOf(code: string): ModuleFormat {
  try {
    compileFunction(code, PARAMETERS);
  } catch {
    return "module";
  }
  return awaitsAtTop(code) ? "module" : "commonjs";
}

/** `await (x)` is a call of a function by that name outside of modules. In a static block the word is reserved, as it is in a module. */
function awaitsAtTop(code: string): boolean {
  if (!/\bawait\s*[([+\-/`]/.test(code)) return false;
  try {
    new Script(`(class { static { ${code}\n} })`);
    return false;
  } catch (error) {
    return /^Unexpected reserved word|\bawait\b/.test((error as Error).message);
  }
}
