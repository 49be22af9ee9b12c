/** `mantou index.html`: pages without a program. */
import { relative } from "node:path";
import type { HTMLBundle } from "@mantou/serve";
import { htmlPage } from "../global/pages.ts";
import { serve } from "../global/serve.ts";
import { routesOf } from "./page-files.ts";

/**
 * Serves the pages, and says where.
 * @param isEchoed `--console`: the browser's console is printed, too
 */
export function servePages(files: readonly string[], isEchoed: boolean): void {
  const routes = routesOf(files);
  const development = process.env["NODE_ENV"] === "production" ? false : { console: isEchoed };
  const pages = [...routes].map(([path, file]): [string, HTMLBundle] => [path, htmlPage(file)]);
  const server = serve({ development, routes: Object.fromEntries(pages) });
  const lines = [`Listening on ${server.url.href}`];
  if (routes.size > 1) {
    const width = Math.max(...[...routes.keys()].map(({ length }) => length));
    for (const [path, file] of routes)
      lines.push(`  ${path.padEnd(width)} ./${relative(process.cwd(), file)}`);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}
