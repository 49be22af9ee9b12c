import { readlinkSync, realpathSync } from "node:fs";
import { isAbsolute, sep } from "node:path";
import { OpenFile } from "../http/open-file.ts";
import { joinNames } from "./directory-path.ts";

/** As in Linux, a path with more symbolic links is a loop. */
const MAX_LINKS = 40;

/** Linux has the path of each open descriptor here. */
const DESCRIPTORS = "/proc/self/fd/";

/**
 * Opens the file that names below a directory lead to, as if that directory were the root of the file system: symbolic links work,
 * but `..` does not lead out of it and an absolute link begins in it. Bun does so with Linux's `openat2(RESOLVE_IN_ROOT)`,
 * which Node.js does not offer. Here a file is opened first, and then its path is looked up: a link that is put into the way
 * in between is not served either.
 *
 * @param root real path of the directory, without symbolic links
 * @returns null for a missing file
 * @throws the operating system's other errors
 */
export function openInRoot(root: string, names: readonly string[]): OpenFile | null {
  const path = joinNames(root, names);
  // Most have no link on their path. The root is real; so a name directly in it is where it should be if it is no link.
  // (Elsewhere letters of another case name the same file, and its real path tells.)
  const direct = openAt(path, names.length <= 1 && process.platform === "linux");
  if (direct !== null) return direct;
  const resolved = followLinks(root, names);
  return resolved === null ? null : openAt(joinNames(root, resolved), false);
}

/** Opens a file beside one that `openInRoot` has opened; null for a missing one, and for a symbolic link. */
export function openBeside(path: string): OpenFile | null {
  return OpenFile.openIfThere(path, (found) => openAt(found, false));
}

/** Opens a path without symbolic links; null for a path with one, and for a missing file. */
function openAt(path: string, isCertain: boolean): OpenFile | null {
  let file: OpenFile;
  try {
    file = OpenFile.open(path, false);
  } catch (error) {
    if (OpenFile.isMissing(error)) return null;
    throw error;
  }
  if (isCertain || realPath(file, path) === path) return file;
  file.close();
  return null;
}

/** The path of an open file; null if the system does not tell. */
function realPath(file: OpenFile, path: string): string | null {
  try {
    if (process.platform === "linux") return readlinkSync(DESCRIPTORS + file.fd);
  } catch {
    // No /proc.
  }
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

/** Names without symbolic links; null if one of them does not exist or there are too many links. */
function followLinks(root: string, names: readonly string[]): string[] | null {
  const ahead = names.toReversed();
  const found: string[] = [];
  for (let links = 0; ahead.length > 0; ) {
    const name = ahead.pop()!;
    if (name === "" || name === ".") continue;
    if (name === "..") {
      found.pop();
      continue;
    }
    const target = linkTarget(joinNames(root, [...found, name]));
    if (target === null) return null;
    if (target === "") {
      found.push(name);
      continue;
    }
    if (++links > MAX_LINKS) return null;
    if (isAbsolute(target)) found.length = 0;
    ahead.push(...target.split(sep).toReversed());
  }
  return found;
}

/** The target of a symbolic link; "" for another kind of file, null for a missing one. */
function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Windows has UNKNOWN for some files that are not links.
    return code === "EINVAL" || code === "UNKNOWN" ? "" : null;
  }
}
