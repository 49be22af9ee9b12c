import { sep } from "node:path";
import process from "node:process";

/** What stands below a directory route's prefix. */
export interface DirectoryPath {
  /** Names of directories and, last, of a file; decoded. */
  readonly names: readonly string[];
  /** The path ended in a slash: a directory is asked for. */
  readonly isDirectory: boolean;
}

/**
 * Escapes that a segment may not have: of what stands for itself (unreserved characters, sub-delims, ":" and "@", RFC 3986
 * §3.3), so that each file has one path and that is what routes were matched against; and of "/", "\" and NUL.
 */
const REFUSED_ESCAPE =
  /%(?:2[146789A-Fa-f]|3[0-9ABDabd]|4[0-9A-Fa-f]|5[0-9AFCafc]|6[1-9A-Fa-f]|7[0-9AEae]|00)/;
const CHARACTERS = /^(?:[\x21-\x24\x26-\x2e\x30-\x5b\x5d-\x7e]|%[0-9A-Fa-f]{2})+$/;

/** Windows gives names other meanings: drives and streams, devices, and dots and spaces at the end that do not count. */
const REFUSED_ON_WINDOWS =
  /[<>:"|?*\x00-\x1f]|[. ]$|^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;

/**
 * Reads the path below a directory route's prefix, percent-decoded once.
 * @returns null for a path that is not canonical: it has an empty segment, `.`, `..`, or an escape that it may not have,
 *   or is no UTF-8
 */
export function parseDirectoryPath(rest: string, platform: string = process.platform): DirectoryPath | null {
  const names = rest.split("/");
  const isDirectory = names.at(-1) === "";
  if (isDirectory) names.pop();
  for (const [i, segment] of names.entries()) {
    if (!CHARACTERS.test(segment) || segment === "." || segment === "..") return null;
    if (!segment.includes("%")) continue;
    if (REFUSED_ESCAPE.test(segment)) return null;
    try {
      names[i] = decodeURIComponent(segment);
    } catch {
      return null;
    }
  }
  if (platform === "win32" && names.some((name) => REFUSED_ON_WINDOWS.test(name))) return null;
  return { names, isDirectory };
}

/** Whether a name, decoded, stands for one entry of a directory, and for no other than itself. */
export function isName(name: string, platform: string = process.platform): boolean {
  if (name === "" || name === "." || name === ".." || /[/\\\0]/.test(name)) return false;
  return platform !== "win32" || !REFUSED_ON_WINDOWS.test(name);
}

/** The file system's path of names below a directory. */
export function joinNames(root: string, names: readonly string[]): string {
  if (names.length === 0) return root;
  return root.endsWith(sep) ? root + names.join(sep) : root + sep + names.join(sep);
}
