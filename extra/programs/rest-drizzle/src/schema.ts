import { relations, sql } from "drizzle-orm";
import { blob, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const authors = sqliteTable("authors", {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull().unique(),
  born: integer(),
});

export const books = sqliteTable("books", {
  isbn: text().primaryKey(),
  title: text().notNull(),
  authorId: integer("author_id")
    .notNull()
    .references(() => authors.id),
  price: real(),
  tags: text({ mode: "json" }).$type<string[]>().notNull().default(sql`'[]'`),
  inPrint: integer("in_print", { mode: "boolean" }).notNull().default(true),
  cover: blob({ mode: "buffer" }),
});

export const loans = sqliteTable("loans", {
  id: integer().primaryKey({ autoIncrement: true }),
  isbn: text()
    .notNull()
    .references(() => books.isbn),
  reader: text().notNull(),
  since: integer({ mode: "timestamp_ms" })
    .notNull()
    .$defaultFn(() => new Date()),
  returned: integer({ mode: "timestamp_ms" }),
});

export const authorRelations = relations(authors, ({ many }) => ({ books: many(books) }));
export const bookRelations = relations(books, ({ one, many }) => ({
  author: one(authors, { fields: [books.authorId], references: [authors.id] }),
  loans: many(loans),
}));
export const loanRelations = relations(loans, ({ one }) => ({
  book: one(books, { fields: [loans.isbn], references: [books.isbn] }),
}));

export type Author = typeof authors.$inferSelect;
export type NewBook = typeof books.$inferInsert;
