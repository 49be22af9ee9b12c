import { BookList, GenreFilter } from "@components/book-list";
import { Layout } from "@components/layout";
import { Html, html } from "@elysiajs/html";
import { Genre, Shelf } from "@shelf";
import { Elysia, t } from "elysia";

export const pages = (shelf: Shelf) =>
  new Elysia()
    .use(html())
    .get(
      "/",
      ({ query: { genre, q }, cookie: { user } }) => (
        <Layout title="All books" user={user.value}>
          <GenreFilter current={genre} />
          <BookList books={shelf.find({ genre, q })} />
        </Layout>
      ),
      {
        query: t.Object({ genre: t.Optional(t.Enum(Genre)), q: t.Optional(t.String()) }),
        cookie: t.Cookie({ user: t.Optional(t.String()) }),
      },
    )
    .get("/books/:id", ({ params }) => {
      const book = shelf.get(Number(params.id));
      return (
        <Layout title={book.title}>
          <h1 safe>{book.title}</h1>
          {book.reviews.map(({ by, stars, text }) => (
            <blockquote>
              {Html.escapeHtml(text)} <cite safe>{by}</cite> ({String(stars)})
            </blockquote>
          ))}
        </Layout>
      );
    })
    .get("/login", () => (
      <Layout title="Log in">
        <form method="post">
          <input name="user" required autofocus />
          <button type="submit">Log in</button>
        </form>
      </Layout>
    ))
    .post(
      "/login",
      ({ body, cookie: { user }, redirect }) => {
        user.set({ value: body.user, httpOnly: true, path: "/", maxAge: 3600, sameSite: "lax" });
        return redirect("/", 303);
      },
      { body: t.Object({ user: t.String({ pattern: "^[a-z]+$" }) }) },
    )
    .get("/logout", ({ cookie: { user }, redirect }) => {
      user.remove();
      return redirect("/");
    });
