import { Elysia, t } from "elysia";

export const app = new Elysia()
  .get("/", () => "Hello Elysia!\n")
  .get("/hello/:name", ({ params }) => ({ hello: params.name }))
  .post("/double", ({ body }) => ({ double: body.number * 2 }), { body: t.Object({ number: t.Number() }) });
