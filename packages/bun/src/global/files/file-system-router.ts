/** `Bun.FileSystemRouter`: the files of a folder as routes, by the rules of Next.js for `pages` (docs/runtime/file-system-router). */
import { Buffer } from "node:buffer";
import { readdirSync } from "node:fs";
import { extname, join, relative, resolve, sep } from "node:path";
import { wrongType } from "../../base/argument-error.ts";
import { kindOf, type Pattern, patternOf } from "./file-route.ts";

export interface FileSystemRouterOptions {
  readonly dir: string;
  readonly style: "nextjs";
  /** Stands in front of a file's path in `src`, behind the origin. */
  readonly assetPrefix?: string;
  /** The origin of `src`. Without it, `src` is the file's path below the folder. */
  readonly origin?: string;
  /** With their dots. */
  readonly fileExtensions?: readonly string[];
}

/** A route that fits, with what its parameters stand for. */
export interface MatchedRoute {
  readonly name: string;
  readonly kind: "exact" | "dynamic" | "catch-all" | "optional-catch-all";
  readonly filePath: string;
  /** The path that was matched, with its query. */
  readonly pathname: string;
  readonly params: Record<string, string>;
  /** The parameters of the path and of the query; a list for a name that comes twice. */
  readonly query: Record<string, string | string[]>;
  readonly src: string;
  /** The same as `src`. */
  readonly scriptSrc: string;
}

interface Route {
  readonly name: string;
  readonly filePath: string;
  readonly pattern: Pattern;
}

const EXTENSIONS: readonly string[] = [".tsx", ".jsx", ".ts", ".mjs", ".cjs", ".js"];

export class FileSystemRouter {
  readonly #dir: string;
  readonly #extensions: ReadonlySet<string>;
  readonly #origin: string | null;
  readonly #assetPrefix: string | null;
  #routes: readonly Route[] = [];
  #names: Record<string, string> = {};

  /** @throws TypeError for an option of another type; Error for a folder that cannot be read, and for two files of one route */
  constructor(options: FileSystemRouterOptions) {
    if (typeof options !== "object" || options === null) throw wrongType("Expected object");
    const { dir, style, fileExtensions, origin, assetPrefix } = options as Partial<FileSystemRouterOptions>;
    if (style === undefined && dir !== undefined)
      throw wrongType('Expected \'style\' option (ex: "style": "nextjs")');
    if (style !== undefined && style !== "nextjs")
      throw wrongType("Only 'nextjs' style is currently implemented");
    if (dir === undefined) throw wrongType("FileSystemRouterOptions.dir is required");
    this.#dir = resolve(textOf(dir, "dir"));
    this.#origin = textOf(origin ?? "", "origin") || null;
    this.#assetPrefix = textOf(assetPrefix ?? "", "assetPrefix") || null;
    this.#extensions = new Set(extensionsOf(fileExtensions));
    this.reload();
  }

  get origin(): string | null {
    return this.#origin;
  }

  get assetPrefix(): string | null {
    return this.#assetPrefix;
  }

  get style(): "nextjs" {
    return "nextjs";
  }

  /** The files by the names of their routes. */
  get routes(): Record<string, string> {
    return this.#names;
  }

  /** Reads the folder again. */
  reload(): this {
    const routes = new Map<string, Route>();
    for (const filePath of this.#files()) {
      const name = nameOf(relative(this.#dir, filePath));
      const other = routes.get(name);
      if (other !== undefined) throw new Error(`Route "${name}" is already defined by ${other.filePath}`);
      routes.set(name, { name, filePath, pattern: patternOf(name) });
    }
    this.#routes = [...routes.values()].sort((a, b) => a.pattern.compare(b.pattern));
    this.#names = Object.fromEntries(this.#routes.map(({ name, filePath }) => [name, filePath]));
    return this;
  }

  /**
   * The route of a path, of a URL, or of the URL of a request.
   * @returns null if no file fits
   * @throws TypeError for a value of another type
   */
  match(input: string | Request | Response): MatchedRoute | null {
    const isMessage = input instanceof Request || input instanceof Response;
    if (typeof input !== "string" && !isMessage) throw wrongType("Expected string, Request or Response");
    const { path, search } = locate(isMessage ? input.url : input);
    if (!path.startsWith("/")) return null;
    // An escaped slash is part of its segment.
    const segments = path
      .split("/")
      .filter((segment) => segment !== "")
      .map(percentDecoded);
    for (const { name, filePath, pattern } of this.#routes) {
      const params = pattern.match(segments);
      if (params === null) continue;
      const src = this.#sourceOf(relative(this.#dir, filePath).replaceAll(sep, "/"));
      const query = queryOf(params, search);
      return {
        name,
        kind: kindOf(name),
        filePath,
        pathname: percentDecoded(path) + search,
        params,
        query,
        src,
        scriptSrc: src,
      };
    }
    return null;
  }

  #sourceOf(path: string): string {
    if (this.#origin === null) return path;
    const prefix = (this.#assetPrefix ?? "").replace(/^\//, "");
    return `${this.#origin.replace(/\/$/, "")}/${prefix}${path}`;
  }

  #files(): string[] {
    let entries: ReturnType<typeof readAll>;
    try {
      entries = readAll(this.#dir);
    } catch (cause) {
      throw new Error(`Unable to find directory: ${this.#dir}`, { cause });
    }
    return entries.filter((path) => this.#extensions.has(extname(path))).sort();
  }
}

/** The paths of all files; those of packages, and with a dot in front of a name, are no pages. */
function readAll(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    return entry.isDirectory() ? readAll(path) : [path];
  });
}

/** `blog/index.tsx` has the name `/blog`. */
function nameOf(path: string): string {
  const name = `/${path.slice(0, -extname(path).length).replaceAll(sep, "/")}`;
  return name.replace(/\/index$/, "") || "/";
}

/** Of a URL without a path, the path is `/`. A URL's fragment is no part of it. */
function locate(text: string): { path: string; search: string } {
  const isURL = /^[a-z][a-z\d+.-]*:/i.test(text);
  const local = isURL ? text.replace(/^[^:]*:\/\/[^/?#]*/, "").replace(/#.*$/s, "") : text;
  const at = local.indexOf("?");
  const path = at < 0 ? local : local.slice(0, at);
  return { path: path === "" && (isURL || local === "") ? "/" : path, search: at < 0 ? "" : local.slice(at) };
}

/** As in the URL standard, bytes that are not UTF-8 are U+FFFD, and a percent sign that begins no escape stays: a client's path is no error of the program. */
function percentDecoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll("%", ""), "hex").toString(),
  );
}

/** A parameter of the path counts before one of the query. */
function queryOf(params: Record<string, string>, search: string): Record<string, string | string[]> {
  const given = new URLSearchParams(search);
  const entries = [...new Set(given.keys())]
    .filter((name) => name !== "" && !Object.hasOwn(params, name))
    .map((name) => [name, given.getAll(name)] as const);
  // Such a function sets `__proto__` as any other name.
  return Object.fromEntries([
    ...Object.entries(params),
    ...entries.map(([name, values]) => [name, values.length === 1 ? values[0]! : values] as const),
  ]);
}

function textOf(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw wrongType(`FileSystemRouterOptions.${name} must be a string`);
}

function extensionsOf(given: unknown): readonly string[] {
  if (given === undefined || given === null) return EXTENSIONS;
  if (!Array.isArray(given))
    throw wrongType("FileSystemRouterOptions.fileExtensions must be an array of string");
  if (given.some((each) => typeof each !== "string"))
    throw wrongType("element of FileSystemRouterOptions.fileExtensions must be a string");
  return given.length === 0 ? EXTENSIONS : (given as string[]);
}
