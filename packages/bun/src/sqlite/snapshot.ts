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
  const path = join(folder, "database");
  const remove = (): void => {
    process.off("exit", remove);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", remove);
  writeFileSync(path, bytes);
  return { path, remove };
}
