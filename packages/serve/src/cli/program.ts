import module from "node:module";
import { pathToFileURL } from "node:url";
import type { ServeOptions, Server } from "../api/server.ts";
import { pickOptions } from "../options/known-options.ts";
import { beginHotRound } from "../server/running.ts";
import { serve } from "../server/serve.ts";
import { guessedURL, markedURL, replacedURL, strippedModule } from "./module-hooks.ts";

/** A program and what it is run with. */
export interface Program {
  readonly file: string;
  readonly hostname: string | undefined;
}

/** `module.registerHooks`, of Node.js 22.15, 23.5 and newer, which the types of older ones do not know. */
type RegisterHooks = (hooks: {
  resolve: (specifier: string, context: { parentURL?: string }, next: Resolve) => Resolved;
  load: (url: string, context: object, next: Load) => object;
}) => void;
interface Resolved {
  readonly url: string;
}
type Resolve = (specifier: string, context: object) => Resolved;
type Load = (url: string, context: object) => object;

/** Has modules found and read as `mantou` does it, from the next import on. */
export function registerModuleHooks(): void {
  const { registerHooks } = module as { registerHooks?: RegisterHooks };
  if (registerHooks === undefined) {
    module.register(new URL("./hooks-thread.js", import.meta.url));
    return;
  }
  registerHooks({
    resolve(specifier, context, next) {
      const replaced = replacedURL(specifier);
      if (replaced !== null) return { ...{ format: "module", shortCircuit: true }, url: replaced };
      const resolved = resolveOrGuess(specifier, context, next);
      return { ...resolved, url: markedURL(resolved.url, context.parentURL) };
    },
    load(url, context, next) {
      const stripped = strippedModule(url);
      return stripped === null ? next(url, context) : { ...stripped, shortCircuit: true };
    },
  });
}

function resolveOrGuess(specifier: string, context: { parentURL?: string }, next: Resolve): Resolved {
  try {
    return next(specifier, context);
  } catch (error) {
    const guessed = guessedURL(specifier, context.parentURL, error);
    if (guessed === null) throw error;
    return next(guessed, context);
  }
}

/**
 * Runs the program, and serves its default export if that is something to serve.
 *
 * @param round null to run it once; else how often it has been run in this process before
 * @throws whatever it throws
 */
export async function runProgram({ file, hostname }: Program, round: number | null): Promise<void> {
  const url = pathToFileURL(file);
  if (round !== null) {
    beginHotRound();
    url.searchParams.set("hot", String(round));
  }
  const { default: exported } = (await import(url.href)) as { default?: unknown };
  if (!isServable(exported)) return;
  const options = pickOptions(exported) as ServeOptions;
  const server = serve(hostname === undefined ? options : ({ hostname, ...options } as ServeOptions));
  if (round === null || round === 0) announce(server);
}

/** What Bun serves: a default export with a `fetch` function; routes are as good. A server is one that listens already. */
function isServable(exported: unknown): exported is ServeOptions {
  if (typeof exported !== "object" || exported === null || "stop" in exported) return false;
  return typeof (exported as { fetch?: unknown }).fetch === "function" || "routes" in exported;
}

function announce(server: Server): void {
  process.stdout.write(`Listening on ${server.url.href}\n`);
}
