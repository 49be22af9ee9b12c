import { SQL } from "./sql.ts";

/** The client of the environment's settings. The module is loaded at its first use. */
export const sql: SQL = new SQL();
