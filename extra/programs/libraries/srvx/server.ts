import { serve } from "srvx";
import { staticMiddleware } from "srvx/static";

let waited = 0;

const server = serve({
  port: process.env.PORT,
  hostname: "127.0.0.1",
  silent: true,
  gracefulShutdown: false,
  trustProxy: "loopback",
  maxRequestBodySize: 200_000,
  middleware: [
    async (request, next) => {
      const response = await next();
      response.headers.append("x-seen", `${request.method} ${new URL(request.url).pathname}`);
      return response;
    },
    (request, next) =>
      request.url.includes("/blocked") ? Response.json({ blocked: true }, { status: 403 }) : next(),
  ],
  plugins: [
    (server) => {
      server.options.middleware.push(
        staticMiddleware({
          dir: "srvx/public",
          maxAge: 60,
          renderHTML: ({ html, request }) =>
            new Response(html.replace("{{ name }}", new URL(request.url).search.slice(1) || "srvx"), {
              headers: { "content-type": "text/html" },
            }),
        }),
      );
    },
  ],
  error: (error) => new Response(`failed: ${(error as Error).message}`, { status: 500 }),
  async fetch(request) {
    const url = new URL(request.url);
    switch (url.pathname) {
      case "/runtime":
        return Response.json({
          name: request.runtime?.name,
          server: typeof request.runtime?.bun?.server?.upgrade,
          protocol: url.protocol,
          host: url.host,
          ip: request.ip,
        });
      case "/later":
        request.waitUntil?.(Bun.sleep(5).then(() => void waited++));
        return new Response(null, { status: 202 });
      case "/waited":
        return new Response(String(waited));
      case "/echo":
        return new Response(request.body, {
          headers: request.headers.has("x-a") ? { "x-a": request.headers.get("x-a")! } : {},
        });
      case "/json":
        return Response.json({ got: await request.json() });
      case "/form": {
        const form = await request.formData().catch(() => null);
        if (form === null) return new Response("no form", { status: 415 });
        return Response.json(
          [...form].map(([key, value]) => [
            key,
            value instanceof File ? `${value.name} ${value.size}` : value,
          ]),
        );
      }
      case "/cookies": {
        const headers = new Headers({ "content-type": "text/plain" });
        headers.append("set-cookie", "a=1; Path=/");
        headers.append("set-cookie", "b=2; HttpOnly");
        return new Response("cookies", { headers });
      }
      case "/stream":
        return new Response(
          new ReadableStream({
            async start(controller) {
              for (const word of ["a", "bc", "def"]) {
                controller.enqueue(new TextEncoder().encode(word));
                await Bun.sleep(2);
              }
              controller.close();
            },
          }),
        );
      case "/broken":
        throw new Error("on purpose");
      case "/clone": {
        const copy = request.clone();
        return new Response(`${await request.text()} ${(await copy.text()).length}`, {
          statusText: "Cloned",
        });
      }
      default:
        return new Response("none", { status: 404 });
    }
  },
});

await server.ready();
console.log(new URL(server.url!).origin);
