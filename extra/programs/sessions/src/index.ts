import type { BunRequest } from "bun";
import { change, kind, login, Refused, register } from "./accounts.ts";
import { db, sessions, users } from "./database.ts";
import { close, current, open, save } from "./session.ts";

type Handler = (req: BunRequest) => Response | Promise<Response>;

async function form(req: Request): Promise<Record<string, string>> {
  const type = req.headers.get("content-type") ?? "";
  if (type.includes("json")) return (await req.json()) as Record<string, string>;
  const data = await req.formData();
  return Object.fromEntries([...data].map(([name, value]) => [name, String(value)]));
}

const { PORT = "3011" } = process.env;

const server = Bun.serve({
  port: PORT,
  routes: {
    "/": (req) => {
      const name = req.cookies.get("name") ?? "stranger";
      const page = `<!doctype html><title>Sessions</title><p>Hello, ${Bun.escapeHTML(name)}!`;
      return new Response(page, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    },
    "/register": {
      POST: async (req) => {
        const { email = "", password = "" } = await form(req);
        return Response.json({ id: await register(email, password) }, { status: 201 });
      },
    },
    "/login": {
      POST: async (req) => {
        const { email = "", password = "" } = await form(req);
        const { id, upgraded } = await login(email, password);
        const csrf = open(req, id);
        req.cookies.set("name", email.split("@")[0]!, { path: "/", maxAge: 86400 });
        return Response.json({ id, upgraded, csrf });
      },
    },
    "/logout": { POST: ((req) => (close(req, current(req)), Response.redirect("/", 303))) satisfies Handler },
    "/me": {
      GET: (req) => {
        const session = current(req);
        const { email, visits, password } = users.byId.get(session.user_id)!;
        return Response.json({ email, visits, hash: kind(password), basket: session.basket });
      },
      DELETE: (req) => {
        const { user_id } = current(req);
        const { changes } = db.run("DELETE FROM users WHERE id = ?", [user_id]);
        req.cookies.delete("sid");
        return Response.json({ changes, sessions: sessions.count() });
      },
    },
    "/password": {
      PUT: async (req) => {
        const session = current(req);
        const { from = "", to = "" } = await form(req);
        await change(session.user_id, from, to);
        const { changes } = sessions.removeAll.run(session.user_id, session.id);
        return Response.json({ loggedOut: changes });
      },
    },
    "/basket/:item": {
      PUT: async (req) => {
        const session = current(req);
        const count = Number(await req.text());
        if (!Number.isInteger(count)) throw new Refused(422, "a whole number");
        const basket = { ...session.basket, [req.params.item]: count };
        save(session, basket);
        return Response.json(basket);
      },
    },
    "/stats": () => {
      const [row] = db
        .prepare(`SELECT count(*) AS users, coalesce(sum(visits), 0) AS visits FROM users`)
        .all() as [{ users: number; visits: number }];
      return Response.json({ ...row, sessions: sessions.count() });
    },
  },
  error(error) {
    if (error instanceof Refused) return Response.json({ error: error.message }, { status: error.status });
    if (error instanceof SyntaxError) return Response.json({ error: "not JSON" }, { status: 400 });
    return Response.json({ error: error.name }, { status: 500 });
  },
});

process.on("SIGTERM", () => {
  console.log(`${sessions.count()} sessions are left`);
  db.close();
  process.exit();
});

console.log(`Listening on http://localhost:${server.port}`);
