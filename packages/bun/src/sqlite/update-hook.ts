import type { DatabaseState } from "./database-state.ts";

/**
 * Checks what `onInsert`, `onUpdate` or `onDelete` is set to.
 * @throws Error for a closed database; TypeError for what is no function; Error with what to use instead, for a function
 */
export function refuseHook(state: DatabaseState, name: string, hook: unknown): void {
  state.assertOpen();
  if (hook === null || hook === undefined) return;
  if (typeof hook !== "function") throw new TypeError("Expected a function or null");
  throw new Error(`${name} is not there in Mantou: no version of node:sqlite has SQLite's update hook. Use a trigger that \
calls a function of db.function().`);
}
