import { pathToFileURL } from "node:url";
import type { ServeOptions, Server } from "@mantou/serve";
import { beginRun, tellEvaluated, workerNumber } from "@mantou/serve/hosting";
import { serveExported } from "../global/serve.ts";
import { importFailure } from "../loader/errors/import-error.ts";
import { beginReload } from "../loader/hooks/module-hooks.ts";

/** A program and its address. */
export interface Program {
  readonly file: string;
  readonly hostname: string | undefined;
}

/**
 * Runs the program, and serves its default export if it has a `fetch` function or routes.
 *
 * @param round null to run it once; otherwise the number of earlier runs in this process
 * @throws the program's errors
 */
export async function runProgram({ file, hostname }: Program, round: number | null): Promise<void> {
  const url = pathToFileURL(file);
  if (round !== null) {
    beginRun();
    // The first run shares its modules with those that are loaded first.
    if (round > 0) url.searchParams.set("hot", String(round));
    beginReload(url.href);
  }
  const { default: exported } = await importEntry(url.href);
  if (isServable(exported)) announce(serveExported(exported, hostname));
  tellEvaluated();
}

async function importEntry(url: string): Promise<{ default?: unknown }> {
  try {
    return (await import(url)) as { default?: unknown };
  } catch (error) {
    throw importFailure(error, url, "statements");
  }
}

/** Bun serves a default export with a `fetch` function; `mantou` serves one with routes, too. An object with `stop` is a server already. */
function isServable(exported: unknown): exported is ServeOptions {
  if (typeof exported !== "object" || exported === null || "stop" in exported) return false;
  return typeof (exported as { fetch?: unknown }).fetch === "function" || "routes" in exported;
}

let announced = "";

/** Says it again only for a server that a later run has put elsewhere. All workers have the same address: one says it. */
function announce(server: Server): void {
  const { href } = server.url;
  if (href === announced || (workerNumber() ?? 1) > 1) return;
  announced = href;
  process.stdout.write(`Listening on ${href}\n`);
}
