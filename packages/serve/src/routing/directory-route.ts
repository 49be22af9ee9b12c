import { realpathSync, statSync } from "node:fs";
import { typeOfName } from "../fetch/media-type.ts";
import { settled } from "../fetch/settled-stats.ts";
import { FileHead } from "../http/file-head.ts";
import { OpenedFile } from "../http/file-plan.ts";
import { WholeResponse } from "../http/outgoing.ts";
import { optionalBoolean } from "../options/check.ts";
import { parseDirectoryPath } from "./directory-path.ts";
import { openBeside, openInRoot } from "./open-in-root.ts";

const INDEX = "index.html";
/** The number of heads that are kept for the last files; about 20 KB, as Bun's documentation has it. */
const CACHED_HEADS = 64;

const NOT_FOUND = /* @__PURE__ */ new WholeResponse({ status: 404 }, "");

interface CachedHead {
  readonly size: number;
  readonly mtimeMs: number;
  readonly head: FileHead;
}

/** A directory whose files are served below a prefix: `"/static/*": { dir: "./public" }`. */
export class DirectoryRoute {
  readonly #root: string;
  readonly #prefixLength: number;
  readonly #heads: Map<string, CachedHead> | null;

  /** @throws TypeError that names the route and what is wrong with it */
  constructor(pattern: string, value: object) {
    const { dir, statCache, ...others } = value as { dir: unknown; statCache?: unknown };
    const route = `The directory route ${JSON.stringify(pattern)}`;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined)
      throw new TypeError(`${route} has no option ${unknown}, only dir and statCache`);
    if (!pattern.endsWith("/*")) throw new TypeError(`${route} must end in "/*"`);
    if (pattern.includes(":")) throw new TypeError(`${route} must not have parameters`);
    if (typeof dir !== "string" || dir === "")
      throw new TypeError(`${route}: dir must be a non-empty string`);
    const cachesHeads = optionalBoolean(statCache, `${route}: statCache`, true);
    this.#root = realDirectory(dir, route);
    this.#prefixLength = pattern.length - 1;
    this.#heads = cachesHeads ? new Map() : null;
  }

  /**
   * @param path as it was sent; it begins with the prefix
   * @param query with its "?", or ""
   * @throws the operating system's errors, but for those of a missing file
   */
  respond(path: string, query: string): OpenedFile | WholeResponse {
    const parsed = parseDirectoryPath(path.slice(this.#prefixLength));
    if (parsed === null) return NOT_FOUND;
    const names = parsed.isDirectory ? [...parsed.names, INDEX] : parsed.names;
    const file = openInRoot(this.#root, names);
    if (file === null) return NOT_FOUND;
    const { stats } = file;
    if (stats.isFile()) return new OpenedFile(file, this.#head(names, stats), null, false, openBeside);
    file.close();
    if (!stats.isDirectory() || parsed.isDirectory) return NOT_FOUND;
    return new WholeResponse({ status: 301, fields: ["Location", `${path}/${query}`] }, "");
  }

  #head(names: readonly string[], { size, mtimeMs }: { size: number; mtimeMs: number }): FileHead {
    const name = names.join("/");
    const cached = this.#heads?.get(name);
    if (cached !== undefined && cached.size === size && cached.mtimeMs === mtimeMs) return cached.head;
    // Weak (RFC 9110 §8.8.1): a file may be changed twice within the resolution of its time.
    const etag = `W/"${size.toString(16)}-${Math.trunc(mtimeMs).toString(16)}"`;
    const head = new FileHead(200, "", ["Content-Type", typeOfName(name), "ETag", etag]);
    if (this.#heads !== null) {
      // The oldest goes: a Map keeps the order of insertion.
      if (cached === undefined && this.#heads.size >= CACHED_HEADS)
        this.#heads.delete(this.#heads.keys().next().value!);
      this.#heads.set(name, { size, mtimeMs, head });
    }
    return head;
  }
}

function realDirectory(dir: string, route: string): string {
  try {
    const path = realpathSync.native(dir);
    if (settled(statSync(path)).isDirectory()) return path;
  } catch (cause) {
    const { code, errno, syscall, message } = cause as NodeJS.ErrnoException;
    throw Object.assign(new TypeError(`${route} needs a directory: ${message}`, { cause }), {
      code,
      errno,
      syscall,
      path: dir,
    });
  }
  throw Object.assign(new TypeError(`${route} needs a directory, and ${dir} is not one`), {
    code: "ENOTDIR",
    path: dir,
  });
}
