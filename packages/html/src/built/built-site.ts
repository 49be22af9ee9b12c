import { existsSync } from "node:fs";
import { setImmediate, setTimeout } from "node:timers";
import { type Mounted, type MountHost, typeOfName } from "@mantou/serve/hosting";
import { Response } from "@mantou/serve/plain";
import { knownPages } from "../known-pages.ts";
import type { Root } from "../root.ts";
import type { Site } from "../site.ts";
import { buildPages } from "./build.ts";
import { BuiltFile } from "./built-file.ts";

/** Milliseconds before a build that has failed is tried again: for want of memory for example. Otherwise each request would be a build. */
const RETRY_MS = 5000;

interface Built {
  readonly html: ReadonlyMap<string, BuiltFile>;
  readonly files: ReadonlyMap<string, BuiltFile>;
}

/** The pages of a project in production: built once, and served from memory. */
export class BuiltSite implements Site {
  readonly #root: Root;
  /** The last build, of these pages. Null before the first one, and when one that has failed may be tried again. */
  #built: Promise<Built> | null = null;
  #pages: ReadonlySet<string> = new Set();
  /** The last build that has succeeded. A later one takes its place when it is complete. */
  #done: { readonly built: Built; readonly pages: ReadonlySet<string> } | null = null;

  constructor(root: Root) {
    this.#root = root;
  }

  mount(page: string, _host: MountHost): Mounted {
    return {
      handler: async (request: Request) => {
        const { html } = this.#done?.pages.has(page) === true ? this.#done.built : await this.#build();
        const file = html.get(page);
        if (file === undefined) throw new Error(`The page ${page} was not there when its project was built`);
        return file.respond(request);
      },
      routes: { [`${this.#root.base}*`]: { handler: (request: Request) => this.#file(request) } },
      start: () => this.#start(),
    };
  }

  /** Behind the calls of `serve()` of this turn, whose pages are built together. A build that fails ends the process, as any error that nothing handles. */
  #start(): void {
    setImmediate(() => {
      this.#build().catch((error: unknown) => {
        setImmediate(() => {
          throw error;
        });
      });
    });
  }

  async #file(request: Request): Promise<Response> {
    const path = decode(new URL(request.url).pathname.slice(this.#root.base.length));
    const file = this.#done?.built.files.get(path) ?? (await this.#build()).files.get(path);
    return file?.respond(request) ?? new Response(null, { status: 404 });
  }

  /** All pages that are known by now. A page that was imported later has them built once more. */
  #build(): Promise<Built> {
    const known = knownPages(this.#root);
    if (this.#built !== null && known.size === this.#pages.size) return this.#built;
    const pages = new Set(known);
    this.#pages = pages;
    const built = this.#buildOnTopOf(this.#built, pages);
    this.#built = built;
    built.then(
      (done) => {
        this.#done = { built: done, pages };
      },
      () => {
        const retry = (): void => {
          if (this.#built === built) this.#built = null;
        };
        setTimeout(retry, RETRY_MS).unref();
      },
    );
    return built;
  }

  /** Pages that clients have loaded ask for the files of their build. */
  async #buildOnTopOf(earlier: Promise<Built> | null, pages: ReadonlySet<string>): Promise<Built> {
    const built = await build(this.#root, pages);
    const { files } = (await earlier?.catch(() => null)) ?? this.#done?.built ?? { files: [] };
    return { ...built, files: new Map([...files, ...built.files]) };
  }
}

async function build(root: Root, pages: ReadonlySet<string>): Promise<Built> {
  // A page that no server serves may be missing.
  const output = await buildPages(
    root,
    [...pages].filter((page) => existsSync(page)),
  );
  const html = [...output.pages].map(
    ([page, text]) => [page, new BuiltFile(Buffer.from(text), "text/html;charset=utf-8", false)] as const,
  );
  const files = [...output.files].map(
    ([path, { bytes, isHashed }]) => [path, new BuiltFile(bytes, typeOfName(path), isHashed)] as const,
  );
  return { html: new Map(html), files: new Map(files) };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
