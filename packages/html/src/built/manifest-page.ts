import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { HTMLBundle } from "@mantou/serve";
import { MOUNT, type Mountable, type Mounted } from "@mantou/serve/hosting";
import { BuiltFile } from "./built-file.ts";

/** A page that has been built beforehand, with the files that it loads. */
export type Manifest = HTMLBundle & Required<Pick<HTMLBundle, "files">>;

const pages = new WeakMap<Manifest, ManifestPage>();
/** Pages of one build list the same files. */
const assets = new WeakMap<Manifest["files"][number], BuiltFile>();

/**
 * The page of a manifest: what a build has put in place of `import page from "./index.html"`, by `bun build --target=bun` too. The files are
 * read when the server starts, and served by their paths in the manifest. Vite is not needed.
 *
 * @param folder has the files. Without it their paths are from the folder of the program, else from the working directory, as in Bun
 * @returns the same page for the same manifest
 */
export function manifestPage(manifest: Manifest, folder?: string): HTMLBundle & Mountable {
  let page = pages.get(manifest);
  if (page === undefined) {
    page = new ManifestPage(manifest, folder);
    pages.set(manifest, page);
  }
  return page;
}

/** Whether the value has the form of a manifest. Its files are looked at later. */
export function isManifest(value: { readonly index: string; readonly files?: unknown }): value is Manifest {
  return Array.isArray(value.files);
}

class ManifestPage implements HTMLBundle, Mountable {
  readonly index: string;
  readonly files: Manifest["files"];
  readonly #folder: string | undefined;
  #read: Mounted | null = null;

  constructor({ index, files }: Manifest, folder: string | undefined) {
    this.index = index;
    this.files = files;
    this.#folder = folder;
  }

  /** @throws TypeError for a manifest without its page; Error for a file that is missing */
  [MOUNT](): Mounted {
    this.#read ??= this.#mount();
    return this.#read;
  }

  #mount(): Mounted {
    let page: BuiltFile | null = null;
    const routes: Record<string, { handler: (request: Request) => Promise<Response> }> = {};
    for (const entry of this.files) {
      const { path, loader, headers } = entry;
      const isPage = loader === "html" && normal(path) === normal(this.index);
      const file =
        assets.get(entry) ??
        new BuiltFile(
          this.#bytes(path),
          headers["content-type"],
          // Bun names all but pages by their content.
          headers["cache-control"] ?? !isPage,
        );
      assets.set(entry, file);
      if (isPage) page = file;
      else routes[pathToRoute(path)] = { handler: (request) => file.respond(request) };
    }
    const found = page;
    if (found === null)
      throw new TypeError(`The manifest of the page ${this.index} has no file of that path`);
    return { handler: (request: Request) => found.respond(request), routes };
  }

  #bytes(path: string): Uint8Array {
    const program = process.argv[1];
    const folders =
      this.#folder !== undefined
        ? [this.#folder]
        : [...(program === undefined ? [] : [dirname(resolve(program))]), process.cwd()];
    for (const folder of folders) {
      try {
        return readFileSync(join(folder, path));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
    throw new Error(`The file ${path} of the built page ${this.index} is not in ${folders.join(" or ")}`);
  }
}

function normal(path: string): string {
  return path.replace(/^\.\//, "");
}

/** The path of `./a b.js`, as a browser asks for it. */
function pathToRoute(path: string): string {
  return new URL(path, "http://page/").pathname;
}
