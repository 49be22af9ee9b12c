/** What is used of `node:sqlite`. The types of Node.js 20 lack it. */
export interface NodeSQLite {
  readonly DatabaseSync: (new (
    path: string,
    options?: object,
  ) => DatabaseSync) & { readonly prototype: DatabaseSync };
  readonly StatementSync: { readonly prototype: StatementSync };
}

export interface DatabaseSync {
  readonly isTransaction: boolean;
  prepare(sql: string): StatementSync;
  exec(sql: string): void;
  close(): void;
  function(name: string, options: object, call: (...args: never[]) => unknown): void;
  aggregate(name: string, options: object): void;
  enableLoadExtension(allow: boolean): void;
  loadExtension(path: string, entryPoint?: string): void;
  /** Newer versions of Node.js 24, and 26. */
  serialize?(schema?: string): Uint8Array;
  deserialize?(bytes: Uint8Array): void;
}

export interface StatementSync {
  /** Node.js 22.16, 23.11 and newer. */
  columns(): { readonly name: string; readonly type: string | null }[];
  setReturnArrays(enabled: boolean): void;
  setReadBigInts(enabled: boolean): void;
  setAllowBareNamedParameters(enabled: boolean): void;
  get(...args: readonly unknown[]): unknown;
  all(...args: readonly unknown[]): unknown[];
  run(...args: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  iterate(...args: readonly unknown[]): Iterator<unknown>;
  /** Node.js 24 and newer. */
  close?(): void;
}

const EXPERIMENTAL = /^SQLite is an experimental feature/;

/**
 * `node:sqlite`, or null on a Node.js that lacks it, or lacks the names of columns and rows as arrays. Some lines print that it is
 * experimental. A program that imports `bun:sqlite` has not chosen it, so that one sentence is left out; any other warning is
 * printed.
 */
export function loadNodeSQLite(): NodeSQLite | null {
  const { emitWarning } = process;
  process.emitWarning = function (this: NodeJS.Process, warning: string | Error, ...rest: never[]): void {
    if (!EXPERIMENTAL.test(String(warning))) emitWarning.call(this, warning, ...rest);
  } as typeof process.emitWarning;
  try {
    // Node.js 20.16, 22.3 and newer; the types of older lines lack it.
    const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => object | undefined };
    const found = getBuiltinModule?.("node:sqlite") as NodeSQLite | undefined;
    return typeof found?.StatementSync?.prototype?.columns === "function" ? found : null;
  } finally {
    process.emitWarning = emitWarning;
  }
}
