let hasWarned = false;

/**
 * Warns once of a statement that asks for the WAL mode, which SQLite in WebAssembly lacks. As SQLite documents, the mode stays what it was, and the
 * pragma returns it: programs that set the mode at their start run without it.
 * @param since the versions of Node.js whose back end has the mode
 */
export function warnOfWAL(sql: string, since: string): void {
  if (hasWarned || !isWAL(sql)) return;
  hasWarned = true;
  process.emitWarning(
    `bun:sqlite on this Node.js has no WAL mode, so the journal stays as it was. WAL needs ${since}.`,
    { code: "MANTOU_SQLITE_WAL" },
  );
}

function isWAL(sql: string): boolean {
  return /^\s*pragma\s+(?:\w+\s*\.\s*)?journal_mode\s*[=(]\s*['"]?wal\b/i.test(sql);
}
