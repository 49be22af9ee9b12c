import { avg, count, max, sum } from "drizzle-orm";
import { db, schema, sqlite } from "@/db";
import { failure, json } from "@/http";
import * as authors from "@/routes/authors";
import * as books from "@/routes/books";

const version = sqlite.query<{ n: number }, []>("SELECT count(*) AS n FROM __drizzle_migrations").get()!.n;

const server = Bun.serve({
  port: process.env.PORT ?? 3010,
  routes: {
    "/": () => json({ name: "library", migrations: version }),
    "/authors": authors.collection,
    "/authors/:id": authors.single,
    "/books": books.collection,
    "/books/:isbn": books.single,
    "/books/:isbn/cover": books.cover,
    "/books/:isbn/loan": books.loan,
    "/stats": () => {
      const { price, inPrint } = schema.books;
      const [row] = db
        .select({ books: count(), average: avg(price), dearest: max(price), worth: sum(price) })
        .from(schema.books)
        .all();
      const groups = db.select({ inPrint, n: count() }).from(schema.books).groupBy(inPrint).all();
      return json({ ...row, groups });
    },
    "/sql": () => {
      const { sql, params } = db.select().from(schema.books).limit(3).toSQL();
      return json({ sql, params });
    },
  },
  fetch: () => json({ error: "not found" }, 404),
  error: failure,
});

process.on("SIGTERM", async () => {
  await server.stop();
  sqlite.close();
  console.log("closed");
  process.exit(0);
});

console.log(`Library on ${server.url}`);
