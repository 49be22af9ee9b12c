import { Database } from "bun:sqlite";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { migrate } from "drizzle-orm/bun-sqlite/migrator";
import * as schema from "./schema";

const file = process.env.DATABASE_FILE ?? ":memory:";
export const sqlite = new Database(file, { create: true, strict: true });
sqlite.run("PRAGMA foreign_keys = ON");

export const db = drizzle(sqlite, { schema, casing: "snake_case" });
migrate(db, { migrationsFolder: `${import.meta.dir}/../migrations` });

export type Db = typeof db;
export { schema };
