/** A database's contents by a file, for back ends without `sqlite3_serialize` and `sqlite3_deserialize`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * The contents of a database. They are those that VACUUM leaves, without free pages.
 * @param execute runs SQL
 */
export function snapshotOf(schema: string, execute: (sql: string) => void): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "mantou-sqlite-"));
  try {
    const path = join(folder, "snapshot");
    execute(`VACUUM "${schema.replaceAll('"', '""')}" INTO '${path.replaceAll("'", "''")}'`);
    return readFileSync(path);
  } catch (error) {
    // `sqlite3_serialize` has no error for a name that no database has, so Bun takes it for a lack of memory.
    throw /^unknown database/.test((error as Error).message) ? new Error("Out of memory") : error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file with the contents, which goes when the database is closed, or the process ends. */
export interface SnapshotFile {
  readonly path: string;
  remove(): void;
}

export function snapshotFile(bytes: Uint8Array): SnapshotFile {
  const folder = mkdtempSync(join(tmpdir(), "mantou-sqlite-"));
  if (folders.size === 0) process.on("exit", removeAll);
  folders.add(folder);
  const path = join(folder, "database");
  writeFileSync(path, bytes);
  return { path, remove: () => remove(folder) };
}

/** Those of databases that are open. */
const folders = new Set<string>();

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
  if (folders.size === 0) process.off("exit", removeAll);
}

function removeAll(): void {
  for (const folder of folders) remove(folder);
}
