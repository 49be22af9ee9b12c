import { Hono } from "hono";

export const app = new Hono();

app.get("/", (context) => context.text("Hello Hono!\n"));
app.get("/hello/:name", (context) => context.json({ hello: context.req.param("name") }));
