#!/usr/bin/env bun
import { Forbidden, Root, SortKey } from "lib/entries";
import { parseArgs } from "util";
import { version } from "./assets/about.json";
import logo from "./assets/logo.svg" with { type: "file" };
import { Listing } from "./lib/listing";
import { preview } from "./lib/preview";

const { values, positionals } = parseArgs({
  args: Bun.argv.slice(2),
  options: { port: { type: "string", short: "p" }, title: { type: "string", default: "Files" } },
  allowPositionals: true,
});

const root = new Root(Bun.fileURLToPath(new URL(`./${positionals[0] ?? "sample"}`, import.meta.url)));

const html = (content: unknown, status = 200) =>
  new Response(`<!doctype html>${content}`, {
    status,
    headers: { "content-type": "text/html;charset=utf-8" },
  });

const rest = (req: Request, prefix: string) =>
  decodeURIComponent(new URL(req.url).pathname.slice(prefix.length));

const server = Bun.serve({
  port: values.port ?? process.env.PORT,
  routes: {
    "/": Response.redirect("/browse/", 308),
    "/about": Response.json({ title: values.title, version, main: import.meta.main, argv: positionals }),
    "/logo.svg": Bun.file(logo),
    "/style.css": new Response(Bun.file(`${import.meta.dirname}/assets/style.css`)),
    "/browse/*": async (req) => {
      const path = rest(req, "/browse/");
      const kind = await root.kind(path);
      if (kind === null) return html("<p>Nothing here</p>", 404);
      if (kind === "folder") {
        if (path !== "" && !path.endsWith("/")) return Response.redirect(`/browse/${path}/`, 301);
        const sort = new URL(req.url).searchParams.get("sort") ?? "name";
        if (sort !== "name" && sort !== "size") return new Response("sort by name or size", { status: 400 });
        return html(Listing({ path, entries: await root.list(path, sort as SortKey) }));
      }
      return html(await preview(path.split("/").at(-1)!, await Bun.file(root.resolve(path)).text()));
    },
    "/raw/*": async (req) => {
      const path = rest(req, "/raw/");
      const file = Bun.file(root.resolve(path));
      if (!(await file.exists())) return new Response(`no file ${path}`, { status: 404 });
      if (new URL(req.url).searchParams.has("download")) {
        return new Response(file, {
          headers: { "content-disposition": `attachment; filename="${path.split("/").pop()}"` },
        });
      }
      return new Response(file);
    },
    "/api/list/*": async (req) => Response.json(await root.list(rest(req, "/api/list/"))),
    "/api/find": async (req) => {
      const pattern = new URL(req.url).searchParams.get("glob");
      if (!pattern) return Response.json({ error: "glob is missing" }, { status: 400 });
      return Response.json(await root.find(pattern));
    },
    "/api/grep": {
      POST: async (req) => {
        const { glob = "**/*", text } = await req.json();
        if (!text) return Response.json({ error: "text is missing" }, { status: 422 });
        return Response.json(await Array.fromAsync(root.grep(glob, text)));
      },
    },
  },
  fetch: () => html("<p>Not a page</p>", 404),
  error(error: Error & { code?: string }) {
    if (error instanceof Forbidden) return new Response(error.message, { status: error.status });
    if (error.code === "ENOENT") return Response.json({ error: "ENOENT" }, { status: 404 });
    if (error.code === "ENOTDIR") return Response.json({ error: "ENOTDIR" }, { status: 400 });
    return new Response(error.name, { status: 500 });
  },
});

console.log(`${values.title} ${version}: ${server.url}`);
