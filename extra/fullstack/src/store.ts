import { Database } from "bun:sqlite";
import type { Batch, BatchChange, NewBatch } from "./batch.ts";

const SCHEMA = `CREATE TABLE IF NOT EXISTS batches (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  count INTEGER NOT NULL,
  stage TEXT NOT NULL DEFAULT 'rising'
)`;
const FIRST: readonly (NewBatch & Pick<Batch, "stage">)[] = [
  { name: "Plain mantou", count: 24, stage: "steaming" },
  { name: "Brown sugar rolls", count: 12, stage: "rising" },
  { name: "Scallion twists", count: 18, stage: "ready" },
];

/** The batches, in SQLite. */
export class Store {
  readonly #db: Database;

  /** @param path a file, or `:memory:`. An empty table gets three batches */
  constructor(path: string) {
    this.#db = new Database(path);
    this.#db.run(SCHEMA);
    if (this.all().length > 0) return;
    for (const { stage, ...batch } of FIRST) this.change(this.add(batch).id, { stage });
  }

  all(): Batch[] {
    return this.#db.query<Batch, []>("SELECT * FROM batches ORDER BY id").all();
  }

  add({ name, count }: NewBatch): Batch {
    const sql = "INSERT INTO batches (name, count) VALUES (?, ?) RETURNING *";
    return this.#db.query<Batch, [string, number]>(sql).get(name, count)!;
  }

  /** @returns null if there is no such batch */
  change(id: number, { name, count, stage }: BatchChange): Batch | null {
    const sql = `UPDATE batches SET name = coalesce(?, name), count = coalesce(?, count), stage = coalesce(?, stage)
      WHERE id = ? RETURNING *`;
    return this.#db
      .query<Batch, [string | null, number | null, string | null, number]>(sql)
      .get(name ?? null, count ?? null, stage ?? null, id);
  }

  /** @returns whether there was such a batch */
  remove(id: number): boolean {
    return this.#db.query("DELETE FROM batches WHERE id = ?").run(id).changes > 0;
  }
}
