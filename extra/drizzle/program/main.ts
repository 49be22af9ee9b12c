import { Database } from "bun:sqlite";
import { count, desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/bun-sqlite";
import * as schema from "./schema";

const { posts, users } = schema;
const sqlite = new Database(":memory:");
const db = drizzle(sqlite, { schema });
db.run(sql`CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, score REAL, joined INTEGER,
  is_admin INTEGER DEFAULT 0, settings TEXT, picture BLOB)`);
db.run(sql`CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id), title TEXT)`);

const server = Bun.serve({
  port: 0,
  routes: {
    "/users": {
      GET: () => Response.json(db.select().from(users).orderBy(desc(users.id)).all()),
      async POST(request) {
        try {
          return Response.json(
            await db
              .insert(users)
              .values(await request.json())
              .returning(),
            { status: 201 },
          );
        } catch (error) {
          const { name, code, message } = ((error as Error).cause ?? error) as Record<string, unknown>;
          return Response.json({ name, code, message }, { status: 409 });
        }
      },
    },
    "/users/:id": {
      async GET(request) {
        const user = await db.query.users.findFirst({
          where: eq(users.id, Number(request.params.id)),
          with: { posts: true },
        });
        return user ? Response.json(user) : new Response("not found", { status: 404 });
      },
      DELETE: (request) =>
        Response.json(
          db
            .delete(users)
            .where(eq(users.id, Number(request.params.id)))
            .run(),
        ),
    },
  },
});

async function ask(path: string, method = "GET", body?: object): Promise<void> {
  const response = await fetch(new URL(path, server.url), {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  console.log(method, path, response.status, await response.text());
}

await ask("/users", "POST", { name: "Ada", score: 1.5, isAdmin: true, settings: { theme: ["dark"] } });
await ask("/users", "POST", { name: "Ada" });
await ask("/users", "POST", { name: "Bob" });
db.insert(posts)
  .values([
    { author: 1, title: "One" },
    { author: 1, title: "Two" },
  ])
  .run();
await ask("/users/1");
await ask("/users/9");
await ask("/users");

try {
  db.transaction((outer) => {
    outer.insert(users).values({ name: "Gone" }).run();
    outer.transaction((inner) => inner.insert(users).values({ name: "Gone, too" }).run());
    outer.rollback();
  });
} catch (error) {
  console.log((error as Error).message);
}
const lines: unknown[] = [
  db.select({ users: count() }).from(users).get(),
  db.values(sql`SELECT name, score FROM users`),
  db.get(sql`SELECT 1 AS one`),
];
const byName = db
  .select()
  .from(users)
  .where(eq(users.name, sql.placeholder("name")))
  .prepare();
lines.push(
  byName.all({ name: "Bob" }),
  byName.get({ name: "nobody" }) ?? "none",
  byName.values({ name: "Bob" }),
);
db.update(users)
  .set({ joined: new Date(1_700_000_000_000), picture: Buffer.from("hi") })
  .where(eq(users.id, 2))
  .run();
const bob = db.select().from(users).where(eq(users.id, 2)).get()!;
lines.push(bob.joined?.toISOString(), [...(bob.picture as Uint8Array)]);
for (const line of lines) console.log(JSON.stringify(line));
await ask("/users/2", "DELETE");
await server.stop(true);
sqlite.close();
