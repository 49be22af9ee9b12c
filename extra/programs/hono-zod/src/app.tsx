import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { bearerAuth } from "hono/bearer-auth";
import { bodyLimit } from "hono/body-limit";
import { serveStatic, upgradeWebSocket, websocket } from "hono/bun";
import { getCookie, setCookie } from "hono/cookie";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { streamSSE, streamText } from "hono/streaming";
import db from "#db";
import { counter } from "#middleware/counter";
import { tasks } from "@/routes/tasks";
import { Env } from "@/types";
import limits from "../limits.toml";

const app = new Hono<Env>();

app.use(counter);
app.use("/api/*", cors({ origin: ["https://app.example"], credentials: true }));
app.use(
  "/api/*",
  bodyLimit({ maxSize: limits.body.max_bytes, onError: (c) => c.json({ error: "too large" }, 413) }),
);
app.use(async (c, next) => {
  c.set("db", db);
  await next();
});
app.on(["POST", "PATCH", "DELETE"], "/api/*", bearerAuth({ token: process.env.API_TOKEN! }));
app.use("/admin/*", basicAuth({ username: "root", password: "toor" }));

const Page = ({ title, items }: { title: string; items: string[] }) => (
  <html>
    <body>
      <h1>{title}</h1>
      {items.length > 0 && (
        <ol>
          {items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ol>
      )}
    </body>
  </html>
);

app.get("/", etag(), (c) => c.html(<Page title={limits.title} items={limits.lists.names} />));
app.get("/visits", (c) => {
  const visits = Number(getCookie(c, "visits") ?? 0) + 1;
  setCookie(c, "visits", String(visits), { path: "/", httpOnly: true, sameSite: "Strict", maxAge: 60 });
  return c.text(`${process.env.GREETING}: ${visits}`);
});
app.route("/api/tasks", tasks);
app.get("/admin/config", (c) => c.json({ name: process.env.APP_NAME, size: Bun.env.PAGE_SIZE, limits }));
app.get("/count/:to{[0-9]+}", (c) =>
  streamText(c, async (stream) => {
    for (let i = 1; i <= Number(c.req.param("to")); i++) {
      await stream.writeln(String(i));
      await stream.sleep(1);
    }
  }),
);
app.get("/events", (c) =>
  streamSSE(c, async (stream) => {
    for (const list of limits.lists.names) await stream.writeSSE({ event: "list", data: list, id: list });
  }),
);
app.get(
  "/ws",
  upgradeWebSocket((c) => {
    const room = c.req.query("room") ?? "lobby";
    return {
      onOpen: (_, ws) => ws.send(`welcome to ${room}`),
      onMessage(event, ws) {
        if (event.data === "bye") ws.close(4000, "bye");
        else ws.send(typeof event.data === "string" ? event.data.toUpperCase() : "binary");
      },
    };
  }),
);
app.use("/static/*", serveStatic({ root: "./", onNotFound: (path) => console.log(`no ${path}`) }));

app.notFound((c) => c.json({ error: "not found", path: c.req.path }, 404));
app.onError((error, c) => {
  if (error instanceof HTTPException) {
    const response = error.getResponse();
    return response.headers.has("www-authenticate")
      ? response
      : c.json({ error: error.message }, error.status);
  }
  return c.json({ error: "internal" }, 500);
});
app.get("/fail", () => {
  throw new Error("expected failure");
});

export { websocket };
export default app;
