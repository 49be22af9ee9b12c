import type { BunRequest } from "bun";
import { and, desc, eq, isNull, like, or, sql } from "drizzle-orm";
import { db, schema } from "@/db";
import { HttpError, isNumber, isText, json, listOf, optional, page, read } from "@/http";
import type { NewBook } from "@/schema";

const { authors, books, loans } = schema;
type One = BunRequest<"/books/:isbn">;

const find = async (isbn: string) => {
  const book = await db.query.books.findFirst({
    where: eq(books.isbn, isbn),
    columns: { cover: false },
    extras: { coverBytes: sql<number>`coalesce(length(${books.cover}), 0)`.as("cover_bytes") },
    with: { author: { columns: { name: true } }, loans: { where: isNull(loans.returned) } },
  });
  if (!book) throw new HttpError(404, "no such book");
  return book;
};

export const collection = {
  GET(req: Request) {
    const { limit, offset, search } = page(req);
    const pattern = `%${search ?? ""}%`;
    const rows = db
      .select({
        isbn: books.isbn,
        title: books.title,
        author: authors.name,
        price: books.price,
        tags: books.tags,
        inPrint: books.inPrint,
      })
      .from(books)
      .innerJoin(authors, eq(books.authorId, authors.id))
      .where(search === null ? undefined : or(like(books.title, pattern), like(authors.name, pattern)))
      .orderBy(desc(books.price), books.title)
      .limit(limit)
      .offset(offset);
    return json(rows.all());
  },
  async POST(req: Request) {
    const book = await read<Pick<NewBook, "isbn" | "title" | "authorId" | "price" | "tags">>(req, {
      isbn: isText,
      title: isText,
      authorId: isNumber,
      price: optional(isNumber) as never,
      tags: optional(listOf(isText)) as never,
    });
    await db.insert(books).values(book);
    return json(await find(book.isbn), 201);
  },
  /** All, or none of them. */
  async PUT(req: Request) {
    const list = (await req.json()) as NewBook[];
    const saved = db.transaction((tx) => {
      for (const book of list) {
        tx.insert(books)
          .values(book)
          .onConflictDoUpdate({ target: books.isbn, set: { title: book.title, price: book.price } })
          .run();
      }
      return tx.$count(books);
    });
    return json({ saved: list.length, total: await saved });
  },
};

export const single = {
  GET: async (req: One) => json(await find(req.params.isbn)),
  DELETE: (req: One) => {
    db.delete(books).where(eq(books.isbn, req.params.isbn)).run();
    return new Response(null, { status: 204 });
  },
};

export const cover = {
  GET(req: BunRequest<"/books/:isbn/cover">) {
    const row = db.select({ cover: books.cover }).from(books).where(eq(books.isbn, req.params.isbn)).get();
    if (!row?.cover) throw new HttpError(404, "no cover");
    return new Response(new Uint8Array(row.cover), { headers: { "Content-Type": "image/png" } });
  },
  async PUT(req: BunRequest<"/books/:isbn/cover">) {
    const cover = Buffer.from(await req.bytes());
    if (cover.length === 0) throw new HttpError(400, "empty");
    const rows = db
      .update(books)
      .set({ cover })
      .where(eq(books.isbn, req.params.isbn))
      .returning({ isbn: books.isbn })
      .all();
    return json({ updated: rows.length, bytes: cover.length }, rows.length ? 200 : 404);
  },
};

export const loan = {
  async POST(req: BunRequest<"/books/:isbn/loan">) {
    const { reader } = await read<{ reader: string }>(req, { reader: isText });
    const { isbn } = await find(req.params.isbn);
    const made = db.insert(loans).values({ isbn, reader }).returning().get();
    return json(made, 201);
  },
  DELETE(req: BunRequest<"/books/:isbn/loan">) {
    const open = and(eq(loans.isbn, req.params.isbn), isNull(loans.returned));
    const [done] = db.update(loans).set({ returned: new Date() }).where(open).returning().all();
    if (!done) throw new HttpError(409, "not lent");
    return json({ reader: done.reader, days: Math.floor((+done.returned! - +done.since) / 86_400_000) });
  },
};
