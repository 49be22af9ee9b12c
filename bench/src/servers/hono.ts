import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { hono, packageFolder } from "../cache.ts";
import { announce, requestedApp } from "./announce.ts";
import { apiRoutes, body64k, handlers } from "./handlers.ts";

/** Hono on `@hono/node-server`, with the methods of its context where it has one for what is wanted. */
interface Hono {
  get(path: string, handler: Handler): void;
  post(path: string, handler: Handler): void;
  readonly fetch: (request: Request) => Response | Promise<Response>;
}
type Handler = (context: Context) => Response | Promise<Response>;
interface Context {
  readonly req: {
    readonly raw: Request;
    param(name: string): string;
    json(): Promise<unknown>;
    arrayBuffer(): Promise<ArrayBuffer>;
  };
  text(content: string): Response;
  json(value: unknown): Response;
}
interface NodeServer {
  serve(
    options: { readonly fetch: Hono["fetch"]; readonly hostname: string; readonly port: number },
    listening: (address: { readonly port: number }) => void,
  ): void;
}

const load = (name: string, file: string): Promise<unknown> => {
  return import(pathToFileURL(join(packageFolder(hono, name), file)).href);
};
const { serve } = (await load("@hono/node-server", "dist/index.mjs")) as NodeServer;
const { Hono } = (await load("hono", "dist/index.js")) as { readonly Hono: new () => Hono };

const apps: Readonly<Record<string, (app: Hono) => void>> = {
  hello: (app) => app.get("/", (context) => context.text("Bun!")),
  routed: (app) => app.get("/users/:id", (context) => context.text(`user ${context.req.param("id")}`)),
  "routed-500": (app) => {
    for (const route of apiRoutes)
      app.get(route, (context) => context.text(`item ${context.req.param("id")}`));
  },
  json: (app) => app.post("/", async (context) => context.json(await context.req.json())),
  "body-64k": (app) => app.get("/", (context) => context.text(body64k)),
  upload: (app) => {
    app.post("/", async (context) => context.text(`${(await context.req.arrayBuffer()).byteLength}`));
  },
  stream: (app) => app.get("/", (context) => handlers.stream(context.req.raw)),
};

const app = new Hono();
apps[requestedApp(Object.keys(apps))]?.(app);
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => announce(port));
