import { sep } from "node:path";

/** A path below the prefix of a directory route. */
export interface DirectoryPath {
  /** The decoded names of directories and, last, of a file. */
  readonly names: readonly string[];
  /** The path ended in a slash: it names a directory. */
  readonly isDirectory: boolean;
}

/**
 * Escapes that a segment may not have: of characters that need no escape (unreserved characters, sub-delims, ":" and "@", RFC 3986
 * §3.3), so that each file has one path, the one that routes were matched against; and of "/", "\" and NUL.
 */
const REFUSED_ESCAPE =
  /%(?:2[146789A-Fa-f]|3[0-9ABDabd]|4[0-9A-Fa-f]|5[0-9AFCafc]|6[1-9A-Fa-f]|7[0-9AEae]|00)/;
const CHARACTERS = /^(?:[\x21-\x24\x26-\x2e\x30-\x5b\x5d-\x7e]|%[0-9A-Fa-f]{2})+$/;

/** Names with another meaning on Windows: drives and streams, devices, and those with dots and spaces at the end, which it ignores. */
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

/** Whether a decoded name stands for the one entry of a directory with that name. */
export function isName(name: string, platform: string = process.platform): boolean {
  if (name === "" || name === "." || name === ".." || /[/\\\0]/.test(name)) return false;
  return platform !== "win32" || !REFUSED_ON_WINDOWS.test(name);
}

/** Joins names to a path below a directory. */
export function joinNames(root: string, names: readonly string[]): string {
  if (names.length === 0) return root;
  return root.endsWith(sep) ? root + names.join(sep) : root + sep + names.join(sep);
}
