import { type BunFile, type FileData, file } from "@mantou/serve";

/**
 * Replaces a file, and makes the directories on its path.
 * @param target an argument of `file`, or its result
 * @returns bytes written
 * @throws TypeError (rejects) for a target or data of another kind; otherwise the operating system's errors
 */
export async function write(target: BunFile | Parameters<typeof file>[0], data: FileData): Promise<number> {
  return (isFile(target) ? target : file(target)).write(data);
}

/** Whether it is a result of `file`. The platform's Blobs have no `write`. */
function isFile(target: object | string | number): target is BunFile {
  return target instanceof Blob && "write" in target;
}
