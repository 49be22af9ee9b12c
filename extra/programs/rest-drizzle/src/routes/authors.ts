import type { BunRequest } from "bun";
import { asc, count, eq, getTableColumns } from "drizzle-orm";
import { db, schema } from "@/db";
import { HttpError, isNumber, isText, json, optional, page, read } from "@/http";
import type { Author } from "@/schema";

const { authors, books } = schema;
type One = BunRequest<"/authors/:id">;

const id = (req: One) => {
  const value = Number(req.params.id);
  if (!Number.isInteger(value)) throw new HttpError(400, "an id is a number");
  return value;
};

export const collection = {
  async GET(req: Request) {
    const { limit, offset } = page(req);
    const rows = db
      .select({ ...getTableColumns(authors), books: count(books.isbn) })
      .from(authors)
      .leftJoin(books, eq(books.authorId, authors.id))
      .groupBy(authors.id)
      .orderBy(asc(authors.name))
      .limit(limit)
      .offset(offset)
      .all();
    return json(rows, { headers: { "X-Total": String(await db.$count(authors)) } });
  },
  async POST(req: Request) {
    const { name, born } = await read<Pick<Author, "name" | "born">>(req, {
      name: isText,
      born: optional(isNumber) as never,
    });
    const author = db.insert(authors).values({ name, born }).returning().get();
    return json(author, { status: 201, headers: { Location: `/authors/${author.id}` } });
  },
};

const withBooks = db.query.authors
  .findFirst({
    where: (author, { eq, sql }) => eq(author.id, sql.placeholder("id")),
    with: { books: { columns: { isbn: true, title: true }, orderBy: (book, { asc }) => asc(book.title) } },
  })
  .prepare();

export const single = {
  async GET(req: One) {
    const author = await withBooks.execute({ id: id(req) });
    if (!author) throw new HttpError(404, "no such author");
    return json(author);
  },
  async PATCH(req: One) {
    const { name } = await read<{ name: string }>(req, { name: isText });
    const [author] = await db
      .update(authors)
      .set({ name })
      .where(eq(authors.id, id(req)))
      .returning();
    if (!author) throw new HttpError(404, "no such author");
    return json(author);
  },
  DELETE(req: One) {
    const { length } = db
      .delete(authors)
      .where(eq(authors.id, id(req)))
      .returning()
      .all();
    return length ? new Response(null, { status: 204 }) : json({ error: "no such author" }, 404);
  },
};
