import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { bodyLimit } from "hono/body-limit";
import { getBunServer, getConnInfo, serveStatic, upgradeWebSocket, websocket } from "hono/bun";
import { compress } from "hono/compress";
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from "hono/cookie";
import { cors } from "hono/cors";
import { csrf } from "hono/csrf";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { jwt, sign } from "hono/jwt";
import { proxy } from "hono/proxy";
import { secureHeaders } from "hono/secure-headers";
import { stream, streamSSE, streamText } from "hono/streaming";
import { timeout } from "hono/timeout";
import { validator } from "hono/validator";

const SECRET = "a secret of the desk";
const aborted: string[] = [];
const desk = new Map<number, { id: number; title: string }>();

const api = new Hono()
  .get("/tickets", (c) => c.json([...desk.values()]))
  .post(
    "/tickets",
    validator("json", (value: { title?: unknown }, c) =>
      typeof value.title === "string" ? { title: value.title } : c.json({ error: "a title is needed" }, 422),
    ),
    (c) => {
      const ticket = { id: desk.size + 1, ...c.req.valid("json") };
      desk.set(ticket.id, ticket);
      c.header("Location", `/api/tickets/${ticket.id}`);
      return c.json(ticket, 201);
    },
  )
  .get("/tickets/:id{[0-9]+}", (c) => {
    const ticket = desk.get(Number(c.req.param("id")));
    return ticket === undefined ? c.notFound() : c.json(ticket);
  })
  .delete("/tickets/:id{[0-9]+}", (c) => {
    desk.delete(Number(c.req.param("id")));
    return c.body(null, 204);
  });

const rooms = new Hono().get(
  "/:room",
  upgradeWebSocket((c) => {
    const room = c.req.param("room")!;
    const name = c.req.query("name") ?? "guest";
    return {
      onOpen(_event, ws) {
        ws.raw?.subscribe(room);
        ws.send(JSON.stringify({ open: ws.url?.pathname, protocol: ws.protocol, state: ws.readyState }));
      },
      onMessage({ data }, ws) {
        if (data instanceof ArrayBuffer) {
          ws.send(new Uint8Array(data).reverse());
          ws.send(data.slice(0, 2), { compress: true });
        } else if (data === "close") ws.close(4002, "as you wish");
        else if (data === "throw") throw new RangeError("on purpose");
        else if (data === "fill") {
          const statuses = Array.from({ length: 4 }, () => ws.raw!.send("x".repeat(50_000)) > 0);
          ws.send(JSON.stringify(statuses));
        } else ws.raw?.publish(room, `${name}: ${String(data)}`);
      },
      onClose({ code, reason, wasClean }) {
        getBunServer<Bun.Server<unknown>>(c)?.publish(room, `${name} left: ${code} ${reason} ${wasClean}`);
      },
      onError: (event, ws) => ws.send(`error: ${(event as ErrorEvent).error.message}`),
    };
  }),
);

const app = new Hono()
  .use("/static/*", etag(), serveStatic({ root: "./hono" }))
  .get("/page", serveStatic({ path: "./hono/static/index.html" }))
  .use("/packed/*", compress())
  .get("/packed/text", (c) => c.body("pack ".repeat(200), 200, { "content-type": "text/css" }))
  .use("/api/*", cors({ origin: "https://desk.example", exposeHeaders: ["Location"] }), secureHeaders())
  .route("/api", api)
  .route("/rooms", rooms)
  .use("/private/*", basicAuth({ username: "ada", password: "pass" }))
  .get("/private/page", (c) => c.html("<p>private</p>"))
  .use("/claims", jwt({ secret: SECRET, alg: "HS256" }))
  .get("/claims", (c) => c.json(c.get("jwtPayload")))
  .get("/token", async (c) => c.text(await sign({ sub: "ada" }, SECRET)))
  .get("/address", (c) => {
    const { address, addressType, port } = getConnInfo(c).remote;
    return c.json({ address, addressType, port: typeof port });
  })
  .get("/cookies", async (c) => {
    setCookie(c, "plain", "a b", { path: "/", maxAge: 60, sameSite: "Strict" });
    await setSignedCookie(c, "signed", "value", SECRET, { httpOnly: true, priority: "High" });
    deleteCookie(c, "gone");
    return c.json({ all: getCookie(c), signed: await getSignedCookie(c, SECRET, "signed") });
  })
  .post("/form", csrf(), async (c) => {
    const body = await c.req.parseBody({ all: true });
    const shown = ([key, value]: [string, unknown]) => [
      key,
      [value].flat().map((each) => (each instanceof File ? `${each.name} ${each.type} ${each.size}` : each)),
    ];
    return c.json(Object.fromEntries(Object.entries(body).map((pair) => shown(pair) as [string, unknown])));
  })
  .post("/small", bodyLimit({ maxSize: 100, onError: (c) => c.text("too large", 413) }), async (c) =>
    c.text(String((await c.req.text()).length)),
  )
  .post("/hash", async (c) => {
    const digest = await crypto.subtle.digest("SHA-256", await c.req.arrayBuffer());
    return c.text(Buffer.from(digest).toString("hex"));
  })
  .post("/upper", (c) =>
    c.body(
      c.req.raw
        .body!.pipeThrough(new TextDecoderStream())
        .pipeThrough(new TransformStream({ transform: (text, to) => to.enqueue(text.toUpperCase()) }))
        .pipeThrough(new TextEncoderStream()),
    ),
  )
  .get("/text", (c) =>
    streamText(c, async (to) => {
      for (const word of ["one", "two", "three"]) {
        await to.writeln(word);
        await to.sleep(3);
      }
    }),
  )
  .get("/events", (c) =>
    streamSSE(
      c,
      async (to) => {
        const from = Number(c.req.header("last-event-id") ?? 0);
        for (let id = from + 1; id <= from + 3; id++) {
          await to.writeSSE({ id: String(id), event: "tick", data: `${id}\n${id * 2}`, retry: 100 });
        }
        throw new Error("the source has ended");
      },
      async (error, to) => to.writeSSE({ event: "failure", data: error.message }),
    ),
  )
  .get("/endless", (c) =>
    stream(c, async (to) => {
      to.onAbort(() => void aborted.push("stream"));
      c.req.raw.signal.addEventListener("abort", () => aborted.push("signal"));
      while (!to.aborted) {
        await to.write(new Uint8Array(1000));
        await to.sleep(3);
      }
    }),
  )
  .get("/aborted", (c) => c.json(aborted.toSorted()))
  .get("/proxied/*", (c) => {
    const { port } = getBunServer<Bun.Server<unknown>>(c)!;
    const path = c.req.path.slice("/proxied".length);
    return proxy(`http://127.0.0.1:${port}${path}`, {
      raw: c.req.raw,
      headers: { "x-forwarded-for": "1.2.3.4" },
    });
  })
  .get("/late", timeout(20), async (c) => {
    await Bun.sleep(300);
    return c.text("late");
  })
  .get("/error/:status", (c) => {
    const status = Number(c.req.param("status"));
    if (status === 500) throw new Error("unknown");
    throw new HTTPException(status as 418, {
      message: "thrown",
      res: status === 418 ? new Response("teapot", { status }) : undefined,
    });
  })
  .get("/redirect", (c) => c.redirect("/page", 303))
  .on(["PUT", "PURGE"], "/any/*", (c) => c.text(`${c.req.method} ${c.req.path} ${c.req.query("a[]")}`));

app.notFound((c) => c.json({ missing: c.req.path }, 404));
app.onError((error, c) =>
  error instanceof HTTPException ? error.getResponse() : c.text(`caught: ${error.message}`, 500),
);

export type Api = typeof api;
export type Rooms = typeof rooms;

const server = Bun.serve({ port: process.env.PORT, hostname: "127.0.0.1", fetch: app.fetch, websocket });
console.log(`http://127.0.0.1:${server.port}`);
