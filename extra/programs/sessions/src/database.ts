import { Database } from "bun:sqlite";

export interface UserRow {
  id: number;
  email: string;
  password: string;
  visits: number;
  created: number;
}

export class Session {
  declare id: string;
  declare user_id: number;
  declare csrf: string;
  declare expires: number;
  declare data: string;

  get isExpired(): boolean {
    return this.expires <= Date.now();
  }

  get basket(): Record<string, number> {
    return JSON.parse(this.data);
  }
}

using setup = new Database(Bun.env.DATABASE ?? ":memory:", { create: true });
setup.exec(`
  CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password TEXT NOT NULL,
    visits INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    csrf TEXT NOT NULL,
    expires INTEGER NOT NULL,
    data TEXT NOT NULL DEFAULT '{}'
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS attempts (email TEXT NOT NULL, at INTEGER NOT NULL);
  CREATE TRIGGER IF NOT EXISTS visited AFTER INSERT ON sessions BEGIN
    UPDATE users SET visits = visits + 1 WHERE id = new.user_id;
  END;
`);

export const db = new Database(Bun.env.DATABASE!, { readwrite: true, strict: true });
db.run("PRAGMA foreign_keys = ON;");

export const users = {
  byEmail: db.query<UserRow, { email: string }>("SELECT * FROM users WHERE email = $email"),
  byId: db.query<UserRow, [number]>("SELECT * FROM users WHERE id = ?1"),
  insert: db.query<{ id: number }, { email: string; password: string; created: number }>(
    "INSERT INTO users (email, password, created) VALUES ($email, $password, $created) RETURNING id",
  ),
  setPassword: db.prepare<void, [string, number]>("UPDATE users SET password = ? WHERE id = ?"),
};

export const sessions = {
  find: db.query<Session, [string]>("SELECT * FROM sessions WHERE id = ?").as(Session),
  insert: db.prepare(
    "INSERT INTO sessions (id, user_id, csrf, expires) VALUES ($id, $user, $csrf, $expires)",
  ),
  save: db.prepare<void, { id: string; data: string; expires: number }>(
    "UPDATE sessions SET data = $data, expires = $expires WHERE id = $id",
  ),
  remove: db.query<void, [string]>("DELETE FROM sessions WHERE id = ?"),
  removeAll: db.query<void, [number, string]>("DELETE FROM sessions WHERE user_id = ? AND id <> ?"),
  sweep: db.query<void, [number]>("DELETE FROM sessions WHERE expires <= ?"),
  count: () => db.query("SELECT count(*) FROM sessions").values()[0]![0] as number,
};

/** Counts an attempt. @returns how many the last minute had */
export const attempt = db.transaction((email: string): number => {
  const now = Date.now();
  db.run("DELETE FROM attempts WHERE at < ?", [now - 60_000]);
  db.run("INSERT INTO attempts VALUES (?, ?)", [email.toLowerCase(), now]);
  return db
    .query<{ n: number }, [string]>("SELECT count(*) AS n FROM attempts WHERE email = ?")
    .get(email.toLowerCase())!.n;
});
