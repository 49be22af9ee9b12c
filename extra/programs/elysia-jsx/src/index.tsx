import { cors } from "@elysiajs/cors";
import { books } from "@routes/books";
import { pages } from "@routes/pages";
import { Genre, NotFound, Shelf } from "@shelf";
import { Elysia } from "elysia";
import seed from "./seed.json";

const shelf = new Shelf();
for (const book of seed) shelf.add({ ...book, genre: book.genre as Genre });

const app = new Elysia()
  .use(cors({ origin: "https://library.example", maxAge: 600 }))
  .error({ NOT_THERE: NotFound })
  .onError(({ code, error, set }) => {
    switch (code) {
      case "NOT_THERE":
        set.status = 404;
        return { error: error.message, what: error.what };
      case "VALIDATION":
        set.status = 422;
        return { error: "invalid", at: error.all.map((each) => ("path" in each ? each.path : "?")) };
      case "NOT_FOUND":
        return new Response("No such page", { status: 404 });
      case "PARSE":
        set.status = 400;
        return { error: "unreadable" };
      default:
        set.status = error instanceof RangeError ? 400 : 500;
        return { error: error instanceof Error ? error.message : String(error) };
    }
  })
  .derive({ as: "global" }, ({ request }) => ({ started: performance.now(), method: request.method }))
  .onAfterHandle({ as: "global" }, ({ set, method }) => {
    set.headers["x-served-by"] = `shelf (${method})`;
  })
  .use(pages(shelf))
  .use(books(shelf))
  .get("/crash", () => {
    throw new Error("on purpose");
  })
  .get("/stream", async function* () {
    for (const { title } of shelf.find()) {
      yield `${title}\n`;
      await Bun.sleep(1);
    }
  })
  .ws("/live", {
    open(ws) {
      ws.subscribe("shelf");
    },
    message(ws, message) {
      ws.publish("shelf", message);
      ws.send({ books: shelf.find().length, echo: message });
    },
  })
  .listen(process.env.PORT ?? 3000);

console.log(`🦊 Elysia is running at http://${app.server?.hostname}:${app.server?.port}`);
