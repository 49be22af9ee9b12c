import { compileFunction } from "node:vm";

/** The names that a CommonJS module finds. */
const PARAMETERS = ["exports", "require", "module", "__filename", "__dirname"];

/** Whether JavaScript is CommonJS by the rule of Node.js: its text compiles as the body of the module function. */
export function isFunctionBody(source: string): boolean {
  try {
    compileFunction(source, PARAMETERS);
    return true;
  } catch {
    return false;
  }
}
