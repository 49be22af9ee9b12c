import config from "../config/panels.yaml";
import secrets from "../config/secrets.json5";
import { Metrics, Panel } from "./metrics";
import { events, open } from "./sse";
import { page } from "./views/page";

const { title, refresh, panels, night } = config as {
  title: string;
  refresh: number;
  panels: Panel[];
  night: object;
};
const metrics = new Metrics(panels, secrets.window);

function authorized(req: Request): string | null {
  const [scheme, token] = req.headers.get("authorization")?.split(" ") ?? [];
  if (scheme !== "Bearer" || token !== secrets.token) return null;
  const writer = req.headers.get("x-writer");
  return writer && secrets.writers.includes(writer) ? writer : null;
}

const server = Bun.serve({
  port: process.env.PORT ?? 3000,
  idleTimeout: 60,
  development: false,
  routes: {
    "/": () =>
      new Response("<!doctype html>" + page(title, panels, metrics), {
        headers: { "Content-Type": "text/html; charset=utf-8" },
      }),
    "/events": (req) => {
      if (req.method !== "GET") return new Response(null, { status: 405 });
      return events(req, metrics, refresh);
    },
    "/config": Response.json({ title, refresh, panels, night }),
    "/metrics": {
      GET: () => Response.json(panels.map(({ id }) => metrics.summary(id))),
      POST: async (req) => {
        const by = authorized(req);
        if (!by) return Response.json({ error: "forbidden" }, { status: 403 });
        if (!req.headers.get("content-type")?.includes("json"))
          return new Response("JSON only", { status: 415 });
        const body = await req.json();
        const samples = Array.isArray(body) ? body : [body];
        for (const { panel, value } of samples) {
          if (typeof value !== "number")
            return Response.json({ error: `no value for ${panel}` }, { status: 422 });
          metrics.add({ panel, value, by });
        }
        return Response.json({ accepted: samples.length, open }, { status: 202 });
      },
    },
    "/metrics/:id": (req) => {
      const { id } = req.params;
      if (!metrics.panel(id)) return new Response("Unknown panel", { status: 404 });
      return Response.json({ ...metrics.summary(id), lastWriter: metrics.lastWriter });
    },
    "/export.csv": () => {
      return new Response(
        async function* () {
          yield "panel,index,value\n";
          for (const row of metrics.rows()) yield row.join(",") + "\n";
        } as any,
        {
          headers: {
            "Content-Type": "text/csv",
            "Content-Disposition": 'attachment; filename="metrics.csv"',
          },
        },
      );
    },
    "/calls": () =>
      Response.json({
        calls: metrics.calls,
        writer: metrics.lastWriter ?? null,
        keys: Object.keys(metrics).filter((key) => !key.startsWith("_")),
      }),
  },
  fetch() {
    return new Response("Not found\n", { status: 404 });
  },
  error(error) {
    console.error(error.message);
    return new Response(`${error.name}: ${error.message}`, {
      status: error instanceof ReferenceError ? 404 : 400,
    });
  },
});

console.log("Dashboard: " + server.url.href);
