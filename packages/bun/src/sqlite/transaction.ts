import { inspect, types } from "node:util";
import type { DatabaseState } from "./database-state.ts";
import type { Transaction } from "./types.ts";

/** A program has no such name of its own by chance. The name shows in errors of SQLite, and is the one in Bun. */
const SAVEPOINT = "`\t_bs3.\t`";
const KINDS = {
  default: "BEGIN",
  deferred: "BEGIN DEFERRED",
  immediate: "BEGIN IMMEDIATE",
  exclusive: "BEGIN EXCLUSIVE",
} as const;

/** The function that runs another one in a transaction, or in a savepoint of the transaction that runs. */
export function transactionOf<A extends unknown[], T>(
  database: object,
  state: DatabaseState,
  inside: (...args: A) => T,
): Transaction<A, T> {
  const kinds: PropertyDescriptorMap = {};
  for (const [kind, begin] of Object.entries(KINDS)) {
    // A method is no constructor.
    const { transaction } = {
      transaction(this: unknown, ...args: A): T {
        return runInTransaction(state, begin, () => inside.apply(this, args));
      },
    };
    kinds[kind] = { value: transaction };
  }
  kinds["database"] = { value: database, enumerable: true };
  for (const kind of Object.keys(KINDS)) Object.defineProperties(kinds[kind]!.value, kinds);
  return kinds["default"]!.value as Transaction<A, T>;
}

function runInTransaction<T>(state: DatabaseState, begin: string, inside: () => T): T {
  state.assertOpen();
  const isNested = state.connection.inTransaction;
  state.control(isNested ? `SAVEPOINT ${SAVEPOINT}` : begin);
  try {
    const result = inside();
    if (isRejected(result)) undo(state, isNested);
    else state.control(isNested ? `RELEASE ${SAVEPOINT}` : "COMMIT");
    return result;
  } catch (error) {
    undo(state, isNested);
    throw error;
  }
}

/** SQLite may have ended the transaction by itself. */
function undo(state: DatabaseState, isNested: boolean): void {
  if (state.isClosed || !state.connection.inTransaction) return;
  if (isNested) {
    state.control(`ROLLBACK TO ${SAVEPOINT}`);
    state.control(`RELEASE ${SAVEPOINT}`);
  } else {
    state.control("ROLLBACK");
  }
}

/** Only the inspector of Node.js sees a promise's state synchronously. */
function isRejected(value: unknown): boolean {
  return (
    types.isPromise(value) && /^[^{]*\{\s*<rejected>/.test(inspect(value, { depth: 0, customInspect: false }))
  );
}
