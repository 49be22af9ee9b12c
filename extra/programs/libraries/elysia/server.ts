import { cors } from "@elysiajs/cors";
import { staticPlugin } from "@elysiajs/static";
import { Elysia, file, form, redirect, sse, status, t } from "elysia";

class Locked extends Error {
  status = 423;
  constructor(readonly room: string) {
    super(`The room ${room} is locked`);
  }
}

const rooms = new Map<string, string[]>([["lobby", ["welcome"]]]);
let aborted = 0;

const chat = new Elysia({ prefix: "/chat" })
  .state("joined", 0)
  .ws("/rooms/:room", {
    params: t.Object({ room: t.String({ minLength: 2 }) }),
    query: t.Object({ name: t.String() }),
    body: t.Union([
      t.Object({ say: t.String({ maxLength: 40 }) }),
      t.Object({ leave: t.Literal(true) }),
      t.Object({ fail: t.String() }),
      t.Object({ count: t.Number() }),
    ]),
    upgrade: ({ params }) => {
      if (params.room === "locked") throw new Locked(params.room);
    },
    beforeHandle({ query, cookie }) {
      if (query.name === "mallory") throw status(403, "not you");
      cookie.last?.set({ value: query.name, path: "/chat" });
    },
    error({ error }) {
      return { error: error instanceof Error ? error.message.split("\n")[0]!.slice(0, 60) : String(error) };
    },
    open(ws) {
      const { room } = ws.data.params;
      ws.subscribe(room);
      ws.data.store.joined++;
      ws.publish(room, { joined: ws.data.query.name });
      return { log: rooms.get(room) ?? [], joined: ws.data.store.joined };
    },
    *message(ws, message) {
      const { room } = ws.data.params;
      if ("fail" in message) throw new Error(message.fail);
      if ("leave" in message) {
        ws.unsubscribe(room);
        ws.close(4000, `left ${room}`);
        return;
      }
      if ("count" in message) {
        for (let i = 1; i <= message.count; i++) yield { i };
        return;
      }
      rooms.set(room, [...(rooms.get(room) ?? []), message.say]);
      ws.publish(room, { from: ws.data.query.name, say: message.say });
      yield { subscribed: ws.isSubscribed(room), topics: ws.subscriptions };
    },
    close(ws, code, reason) {
      app.server?.publish(ws.data.params.room, JSON.stringify({ left: ws.data.query.name, code, reason }));
    },
  })
  .ws("/bytes", {
    parse: (_ws, raw) => raw,
    message(ws, message) {
      if (typeof message === "string") {
        if (message === "ping me") return void ws.ping("are you there");
        if (message === "kinds") {
          ws.send(1);
          ws.send(false);
          ws.send({ kind: "object" });
          ws.sendText("text");
          ws.sendBinary(new Uint8Array([1, 2]));
          return;
        }
        return `text ${message}`;
      }
      const bytes = message as Uint8Array;
      ws.send(new Uint8Array([bytes.byteLength & 255, ...bytes.slice(0, 3)]));
      ws.send(bytes, true);
    },
    pong(ws, data) {
      ws.send(`pong ${data}`);
    },
  });

const app = new Elysia({ cookie: { secrets: ["a secret"], sign: ["session"] } })
  .use(cors({ origin: /\.example$/, credentials: true }))
  .use(await staticPlugin({ assets: "elysia/public", prefix: "/public" }))
  .error({ LOCKED: Locked })
  .onError(({ code, error, set }) => {
    if (code === "LOCKED") return { code, room: error.room };
    if (code === "VALIDATION") return status(422, { code, on: error.type, fields: error.all.length });
    if (code === "INVALID_COOKIE_SIGNATURE") return status(401, { code });
    if (code === "NOT_FOUND") {
      set.headers["x-error"] = "none";
      return { code };
    }
    return { code, message: error instanceof Error ? error.message.slice(0, 40) : String(error) };
  })
  .model({ note: t.Object({ title: t.String({ minLength: 1 }), tags: t.Optional(t.Array(t.String())) }) })
  .macro({
    member: (wanted: boolean) => ({
      resolve({ cookie: { session } }) {
        if (wanted && !session?.value) return status(401, "sign in first");
        return { user: String(session?.value) };
      },
    }),
  })
  .get("/", () => file("elysia/public/index.html"))
  .get("/kept", () => Bun.file("elysia/public/site.css"))
  .get("/hello/:name?", ({ params: { name = "world" }, query: { loud } }) =>
    loud === undefined ? `hello ${name}` : `HELLO ${name.toUpperCase()}`,
  )
  .post("/notes", ({ body }) => status(201, { ...body, tags: body.tags?.length ?? 0 }), { body: "note" })
  .put("/notes/:id", ({ params: { id }, body: { title } }) => ({ id: id + 1, title }), {
    params: t.Object({ id: t.Number() }),
    body: "note",
    response: t.Object({ id: t.Number(), title: t.String() }),
  })
  .post(
    "/sign-in",
    ({ cookie: { session }, body: { name } }) => {
      session!.set({ value: name, httpOnly: true, sameSite: "lax", path: "/" });
      return "signed in";
    },
    { body: t.Object({ name: t.String() }) },
  )
  .get("/me", ({ user }) => ({ user }), { member: true })
  .post("/sign-out", ({ cookie: { session } }) => {
    session!.remove();
    return new Response(null, { status: 204 });
  })
  .post(
    "/upload",
    async ({ body: { picture, others, title } }) => ({
      title,
      picture: [picture.name, picture.type, picture.size, (await picture.bytes()).at(-1)],
      others: others.map(({ name, size }) => `${name}:${size}`),
    }),
    {
      body: t.Object({
        title: t.String(),
        picture: t.File({ type: "image/png", maxSize: "16k" }),
        others: t.Files(),
      }),
    },
  )
  .post("/raw", ({ body }) => ({ length: (body as ArrayBuffer).byteLength }), { parse: "arrayBuffer" })
  .post(
    "/echo",
    ({ request }) =>
      new Response(request.body, { headers: { "x-type": request.headers.get("content-type") ?? "" } }),
    { parse: "none" },
  )
  .get("/form", () => form({ name: "elysia", page: file("elysia/public/index.html") }))
  .get(
    "/count/:to",
    function* ({ params: { to } }) {
      for (let i = 1; i <= to; i++) yield `${i} `;
    },
    { params: t.Object({ to: t.Number() }) },
  )
  .get("/events", async function* () {
    yield sse({ id: "1", event: "start", data: { at: 1 } });
    await Bun.sleep(5);
    yield sse({ id: "2", data: "a\nb" });
    yield sse("last");
  })
  .get("/endless", async function* ({ request }) {
    request.signal.addEventListener("abort", () => aborted++);
    for (let i = 0; ; i++) {
      yield sse({ data: `tick ${i}` });
      await Bun.sleep(5);
    }
  })
  .get("/aborted", () => ({ aborted }))
  .get("/wait", async ({ request }) => {
    await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
    aborted += 10;
  })
  .get("/moved", () => redirect("/hello/there", 307))
  .get("/teapot", ({ set }) => {
    set.status = "I'm a teapot";
    set.headers["x-list"] = "a";
    return "short";
  })
  .get("/address", ({ server, request }) => ({ family: server?.requestIP(request)?.family }))
  .get("/throw/:kind", ({ params: { kind } }) => {
    if (kind === "locked") throw new Locked("attic");
    if (kind === "status") throw status(409, { taken: true });
    throw new TypeError("wrong kind");
  })
  .mount("/mounted", (request) => new Response(`${request.method} ${new URL(request.url).pathname}`))
  .all("/any", ({ request, headers }) => `${request.method} ${headers["x-word"] ?? "-"}`)
  .use(chat)
  .listen({ port: Number(process.env.PORT ?? 3000), hostname: "127.0.0.1" });

export type App = typeof app;

console.log(`http://127.0.0.1:${app.server?.port}`);
