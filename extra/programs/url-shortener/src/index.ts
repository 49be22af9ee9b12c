import { BunRequest, Server } from "bun";
import { join } from "path";
import { ConflictError, Store } from "~/store";
import { LinkState, NewLink } from "~/types";
import blocked from "../data/blocked.json";
import { listing, page } from "./pages";

const dataDir = process.env.DATA_DIR ?? join(import.meta.dir, "../data");
const store = new Store(join(dataDir, "links.json"), new Set(["links", "health", "api"]));
const loaded = await store.load();
const site = Bun.env.SITE_NAME ?? "Shortener";

async function readNewLink(req: Request): Promise<NewLink> {
  const type = req.headers.get("content-type") ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) {
    const form = await req.formData();
    return { target: String(form.get("target") ?? "") };
  }
  return (await req.json()) as NewLink;
}

function check(link: NewLink): string | null {
  if (typeof link !== "object" || link === null) return "an object is expected";
  if (!URL.canParse(link.target)) return "target is not a URL";
  const { protocol, hostname } = new URL(link.target);
  if (!["http:", "https:"].includes(protocol)) return `${protocol} links are not allowed`;
  if (blocked.hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`)))
    return `${hostname} is blocked`;
  if (link.maxHits !== undefined && !(link.maxHits > 0)) return "maxHits must be positive";
  return null;
}

function isAdmin(req: Request) {
  return req.headers.get("authorization") === `Bearer ${process.env.ADMIN_KEY}`;
}

const server = Bun.serve({
  port: process.env.PORT || 3000,
  maxRequestBodySize: 16 * 1024,

  routes: {
    "/health": new Response("ok", { headers: { "Cache-Control": "no-store" } }),
    "/favicon.ico": new Response(null, { status: 204 }),

    "/": () => page(site, listing(store.all())),

    "/links": {
      GET: () => Response.json(store.all()),
      POST: async (req) => {
        let wanted: NewLink;
        try {
          wanted = await readNewLink(req);
        } catch (error) {
          return Response.json({ error: "invalid body", kind: (error as Error).name }, { status: 400 });
        }
        const problem = check(wanted);
        if (problem) return Response.json({ error: problem }, { status: 422 });
        const link = store.add(wanted);
        await store.save();
        return Response.json(link, { status: 201, headers: { Location: `/${link.slug}` } });
      },
    },

    "/links/:slug": {
      GET: (req: BunRequest<"/links/:slug">) => {
        const link = store.get(req.params.slug);
        return link ? Response.json(link) : Response.json({ error: "not found" }, { status: 404 });
      },
      PATCH: async (req) => {
        if (!isAdmin(req))
          return Response.json(
            { error: "unauthorized" },
            { status: 401, headers: { "WWW-Authenticate": "Bearer" } },
          );
        const link = store.get(req.params.slug);
        if (!link) return Response.json({ error: "not found" }, { status: 404 });
        const { enabled } = await req.json();
        link.state = enabled ? LinkState.Active : LinkState.Disabled;
        return Response.json(link);
      },
      DELETE: (req) => {
        if (!isAdmin(req)) return new Response("Unauthorized", { status: 401 });
        return new Response(null, { status: store.remove(req.params.slug) ? 204 : 404 });
      },
    },

    "/links/:slug/visits": (req) => Response.json(store.visitsOf(req.params.slug)),

    "/api/*": Response.json({ error: "the API has moved to /links" }, { status: 410 }),

    "/:slug": (req, server) => {
      const link = store.get(req.params.slug);
      if (!link)
        return page("Not found", `<p>There is no link ${Bun.escapeHTML(req.params.slug)}.</p>`, {
          status: 404,
        });
      const state = store.visit(link, {
        at: Date.now(),
        referrer: req.headers.get("referer"),
        agent: req.headers.get("user-agent") ?? "unknown",
      });
      switch (state) {
        case LinkState.Active:
          return Response.redirect(link.target, 302);
        case LinkState.Expired:
          return page("Gone", "<p>This link has expired.</p>", { status: 410 });
        default:
          return page("Disabled", "<p>This link is disabled.</p>", { status: 403 });
      }
    },
  },

  fetch(req, server: Server<undefined>) {
    return new Response(`No route for ${req.method} ${new URL(req.url).pathname}`, { status: 404 });
  },

  error(error) {
    if (error instanceof ConflictError) return Response.json({ error: error.message }, { status: 409 });
    if (error instanceof TypeError) return Response.json({ error: error.message }, { status: 400 });
    return new Response("Something broke", { status: 500 });
  },
});

console.log(`${site} (${loaded} links) on ${server.url}`);
console.log(process.env.BANNER);
