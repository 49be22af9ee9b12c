import { basename, relative } from "node:path";
import config from "@shop/config";
import { negotiate, t } from "@shop/i18n";
import pc from "picocolors";
import routes from "#routes";
import pkg from "../package.json" with { type: "json" };
import { Plugin } from "./context";

const plugins: Plugin[] = [];
for (const name of config.features.plugins) {
  const { default: plugin } = await import(`./plugins/${name}`);
  plugins.push(plugin);
}

const server = Bun.serve({
  port: process.env.PORT ?? 3010,
  maxRequestBodySize: config.shop.limits.body,
  routes: {
    "/": async (req) => {
      const locale = negotiate(req.headers.get("accept-language"));
      return new Response(await t(locale, "welcome", { name: config.shop.name }), {
        headers: { "Content-Language": locale },
      });
    },
    "/about": () =>
      Response.json({
        version: pkg.version,
        licence: config.licence,
        opened: config.shop.opened,
        beta: config.features.beta,
        main: import.meta.main,
        at: relative(import.meta.dir + "/../../..", import.meta.path),
        resolved: basename(import.meta.resolveSync("@shop/store")),
        core: relative(process.cwd(), import.meta.resolveSync("@shop/core/slugify")),
      }),
    ...Object.assign({}, ...Object.values(routes)),
    ...Object.assign({}, ...plugins.map((plugin) => plugin.routes)),
  },
  fetch: () => Response.json({ error: "not found" }, { status: 404 }),
  error: (error) =>
    Response.json(
      { error: error.name },
      { status: error instanceof SyntaxError || error instanceof TypeError ? 400 : 500 },
    ),
});

console.log(
  pc.bold(`${config.shop.name} on ${server.url}`),
  "with",
  plugins.map(({ name }) => name).join(" and "),
);
