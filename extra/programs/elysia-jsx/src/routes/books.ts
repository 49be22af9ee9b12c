import { Genre, Shelf } from "@shelf";
import { Elysia, t } from "elysia";

const newBook = t.Object({
  title: t.String({ minLength: 1, maxLength: 80 }),
  author: t.String({ minLength: 1 }),
  genre: t.Enum(Genre),
  year: t.Integer({ minimum: -800 }),
});

const review = t.Object({
  stars: t.Integer({ minimum: 1, maximum: 5 }),
  text: t.String({ default: "" }),
});

export const books = (shelf: Shelf) =>
  new Elysia({ prefix: "/api/books" })
    .get("/", ({ query }) => shelf.find(query), {
      query: t.Object({ genre: t.Optional(t.Enum(Genre)), q: t.Optional(t.String()) }),
    })
    .get("/:id", ({ params: { id } }) => shelf.get(id), { params: t.Object({ id: t.Numeric() }) })
    .guard({
      beforeHandle({ headers, set, status }) {
        if (headers["x-api-key"] !== (Bun.env.API_KEY ?? "letmein")) {
          set.headers["www-authenticate"] = "ApiKey";
          return status(401, { error: "an API key is needed" });
        }
      },
    })
    .post(
      "/",
      ({ body, set }) => {
        const book = shelf.add(body);
        set.status = 201;
        set.headers.location = `/api/books/${book.id}`;
        return book;
      },
      { body: newBook },
    )
    .post(
      "/:id/reviews",
      ({ params, body, headers }) =>
        shelf.review(params.id, { ...body, by: headers["x-user"] ?? "anonymous" }),
      {
        params: t.Object({ id: t.Numeric() }),
        body: review,
      },
    )
    .delete("/:id", ({ params, status }) => {
      shelf.remove(Number(params.id));
      return status(204, undefined as never);
    });
