import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import type { Backplane } from "../api/topics.ts";
import { BACKPLANE_PACKAGE, BACKPLANE_VARIABLE, findBackplane } from "./backplane-package.ts";

/** What is used of the package, which nothing but a URL of the environment loads. */
interface BackplanePackage {
  fromUrl(url: string): Backplane;
}

/** What the developer has written: a runtime has set the variable for an option of its command line. */
let source = BACKPLANE_VARIABLE;

/** @param name the option of the command line that has set the variable, for errors */
export function nameBackplaneSource(name: string): void {
  source = name;
}

/**
 * The option `backplane`, or else what the environment says. Null for none.
 * @throws TypeError for another value, and for a URL that is none of a backplane; Error if its package is not installed
 */
export function resolveBackplane(given: unknown): Backplane | null {
  if (given === false) return null;
  if (given === undefined || given === null) {
    const url = process.env[BACKPLANE_VARIABLE] ?? "";
    return url === "" || url === "off" ? null : backplaneOfURL(url);
  }
  if (typeof given === "object" && typeof (given as Partial<Backplane>).createRelay === "function")
    return given as Backplane;
  const advice = typeof given === "string" ? `; for a URL there is the variable ${BACKPLANE_VARIABLE}` : "";
  throw new TypeError(
    `backplane must be what local(), valkey() or nats() of @mantou/backplane returns, or false${advice}`,
  );
}

/** @returns whether neither the option nor the environment says anything */
export function isBackplaneOpen(given: unknown): boolean {
  return (given === undefined || given === null) && process.env[BACKPLANE_VARIABLE] === undefined;
}

/**
 * The backplane of a URL, such as `redis://127.0.0.1:6379`.
 * @throws TypeError for a URL of another kind; Error with the command that installs what is missing
 */
function backplaneOfURL(url: string): Backplane {
  const { fromUrl } = loadPackage();
  try {
    return fromUrl(url);
  } catch (error) {
    // The class stays: a TypeError for a wrong URL.
    if (error instanceof Error) error.message = `${source}: ${error.message}`;
    throw error;
  }
}

function loadPackage(): BackplanePackage {
  const [, program = ""] = process.argv;
  const working = join(process.cwd(), "main.js");
  const found = findBackplane(BACKPLANE_PACKAGE, isAbsolute(program) ? [program, working] : [working]);
  if (found !== null) return createRequire(found)(found) as BackplanePackage;
  throw new Error(
    `${source} needs the package ${BACKPLANE_PACKAGE}, which is not installed: npm install ${BACKPLANE_PACKAGE}`,
  );
}
