/** The names of SQLite's result codes, primary and extended (https://sqlite.org/rescode.html). */
const PRIMARY: readonly string[] =
  `OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY SCHEMA TOOBIG
  CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB NOTICE WARNING`.split(/\s+/);

/** The extended codes of a primary code, in the order of their numbers from 1. */
const EXTENDED: Readonly<Record<string, string>> = {
  ERROR: "MISSING_COLLSEQ RETRY SNAPSHOT",
  ABORT: "- ROLLBACK",
  BUSY: "RECOVERY SNAPSHOT TIMEOUT",
  LOCKED: "SHAREDCACHE VTAB",
  READONLY: "RECOVERY CANTLOCK ROLLBACK DBMOVED CANTINIT DIRECTORY",
  IOERR: `READ SHORT_READ WRITE FSYNC DIR_FSYNC TRUNCATE FSTAT UNLOCK RDLOCK DELETE BLOCKED NOMEM ACCESS CHECKRESERVEDLOCK LOCK CLOSE DIR_CLOSE
    SHMOPEN SHMSIZE SHMLOCK SHMMAP SEEK DELETE_NOENT MMAP GETTEMPPATH CONVPATH VNODE AUTH BEGIN_ATOMIC COMMIT_ATOMIC ROLLBACK_ATOMIC DATA CORRUPTFS`,
  CORRUPT: "VTAB SEQUENCE INDEX",
  CANTOPEN: "NOTEMPDIR ISDIR FULLPATH CONVPATH DIRTYWAL SYMLINK",
  CONSTRAINT:
    "CHECK COMMITHOOK FOREIGNKEY FUNCTION NOTNULL PRIMARYKEY TRIGGER UNIQUE VTAB ROWID PINNED DATATYPE",
  AUTH: "USER",
  NOTICE: "RECOVER_WAL RECOVER_ROLLBACK",
  WARNING: "AUTOINDEX",
};

/** @returns such as `SQLITE_CONSTRAINT_UNIQUE`; undefined for a number that SQLite does not have */
export function codeName(code: number): string | undefined {
  const primary = PRIMARY[code & 0xff];
  if (primary === undefined) return code === 100 ? "SQLITE_ROW" : code === 101 ? "SQLITE_DONE" : undefined;
  const extended = EXTENDED[primary]?.split(/\s+/)[(code >> 8) - 1];
  return code < 0x100 || extended === undefined ? `SQLITE_${primary}` : `SQLITE_${primary}_${extended}`;
}

/** The number of a name of above without `SQLITE_`. */
export function codeNumber(primary: string, extended?: string): number {
  const number = PRIMARY.indexOf(primary);
  if (extended === undefined) return number;
  return number | ((EXTENDED[primary]!.split(/\s+/).indexOf(extended) + 1) << 8);
}
