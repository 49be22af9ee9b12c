import { realpathSync } from "node:fs";
import { file } from "../fetch/file.ts";
import type { FileBlob, FileOptions } from "../fetch/file-blob.ts";
import { isName } from "./directory-path.ts";
import { openInRoot } from "./open-in-root.ts";

/**
 * A file below a directory, by a path that a client may choose: what `file(join(directory, request.params.path))` must not be used for.
 * `..` does not lead out of the directory, nor does a symbolic link: an absolute one begins in it, as in a directory route.
 *
 * The links are followed when this is called. A directory in which others can replace files by links needs a directory route,
 * which looks at the file that it has opened.
 *
 * @param directory a directory that exists
 * @param path one name or several with "/" between them, decoded, as `request.params` has them
 * @returns null if there is no such file, or if the path is not canonical: it has an empty segment, `.`, `..`, `\` or NUL
 * @throws TypeError for arguments that are no strings; the operating system's error for a directory that does not exist, or for a file
 *   that exists and cannot be opened now (EMFILE)
 * @example
 * ```ts
 * import { fileBelow, serve } from "@mantou/serve";
 *
 * serve({
 *   routes: {
 *     "/uploads/:name": (request) => {
 *       const found = fileBelow("/srv/uploads", request.params.name);
 *       return found === null ? new Response("Not found", { status: 404 }) : new Response(found);
 *     },
 *   },
 * });
 * ```
 */
export function fileBelow(directory: string, path: string, options?: FileOptions): FileBlob | null {
  if (typeof directory !== "string" || typeof path !== "string")
    throw new TypeError("fileBelow() takes a directory and a path below it, both strings");
  const names = path.split("/");
  if (!names.every((name) => isName(name))) return null;
  const opened = openInRoot(realpathSync.native(directory), names);
  if (opened === null) return null;
  opened.close();
  return opened.stats.isFile() ? file(opened.source, options) : null;
}
