import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { HTMLBundle } from "@mantou/serve";
import { declareMountable, MOUNT, type Mountable, type Mounted, type MountHost } from "@mantou/serve/hosting";
import { knowPage } from "./known-pages.ts";
import { findRoot } from "./root.ts";
import { siteFor } from "./sites.ts";

/** A page: the value of a route, or what a handler returns. `index` is the absolute path of its file. */
export interface HTMLPage extends HTMLBundle, Mountable {
  readonly index: string;
}

/**
 * A page for the routes of `serve`, as `import page from "./index.html"` is one under `mantou`: the value of a route, of a method, or what a
 * handler returns. Its scripts, style sheets and images are found from its file, and served below `/_mantou/`.
 *
 * Nothing is read before a server starts. A file that is missing then is an Error of `serve()`, if it stands in the routes.
 *
 * @param file a path, from the working directory as for `file()`, or a file URL: `new URL("./index.html", import.meta.url)`
 * @see https://bun.com/docs/bundler/fullstack for the documentation that it follows
 * @throws TypeError for another value
 * @example
 * ```ts
 * import { htmlPage } from "@mantou/html";
 * import { serve } from "@mantou/serve";
 *
 * serve({ routes: { "/": htmlPage(new URL("./index.html", import.meta.url)) } });
 * ```
 */
export function htmlPage(file: string | URL): HTMLPage {
  const path = pathOf(file);
  let page = pages.get(path);
  if (page === undefined) {
    page = new HTMLBundlePage(path);
    pages.set(path, page);
  }
  return page;
}

/** One for each file: a module that runs again gets the page that it had. */
const pages = new Map<string, HTMLPage>();

/** Bun prints a page by this name. */
class HTMLBundlePage implements HTMLPage {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    knowPage(findRoot(path), path);
    declareMountable(this);
  }

  get index(): string {
    return this.#path;
  }

  get [Symbol.toStringTag](): string {
    return "HTMLBundle";
  }

  [MOUNT](host: MountHost): Mounted {
    const mounted = siteFor(findRoot(this.#path), host).mount(this.#path, host);
    return {
      ...mounted,
      start: () => {
        if (statSync(this.#path, { throwIfNoEntry: false })?.isFile() !== true)
          throw new Error(`The page ${this.#path} is not there, or is not a file`);
        mounted.start?.();
      },
    };
  }
}

function pathOf(file: string | URL): string {
  if (file instanceof URL) return fileURLToPath(file);
  if (typeof file !== "string" || file === "") throw new TypeError("htmlPage() takes a path or a file URL");
  return file.startsWith("file:") ? fileURLToPath(file) : resolve(file);
}
