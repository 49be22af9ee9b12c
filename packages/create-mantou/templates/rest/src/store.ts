import { Database } from "bun:sqlite";

export interface Note {
  readonly id: number;
  readonly text: string;
  readonly created: string;
}

/** The notes in a database file, or in memory. */
export class Store {
  readonly #database: Database;

  constructor(path: string) {
    this.#database = new Database(path, { strict: true });
    this.#database.run(
      "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, created TEXT NOT NULL)",
    );
  }

  all(): Note[] {
    return this.#database.query<Note, []>("SELECT * FROM notes ORDER BY id").all();
  }

  find(id: number): Note | null {
    return this.#database.query<Note, [number]>("SELECT * FROM notes WHERE id = ?").get(id);
  }

  add(text: string): Note {
    const created = new Date().toISOString();
    const insert = this.#database.query<Note, [string, string]>(
      "INSERT INTO notes (text, created) VALUES (?, ?) RETURNING *",
    );
    return insert.get(text, created) as Note;
  }

  /** @returns whether it was there */
  remove(id: number): boolean {
    return this.#database.query<unknown, [number]>("DELETE FROM notes WHERE id = ?").run(id).changes > 0;
  }

  close(): void {
    this.#database.close();
  }
}
