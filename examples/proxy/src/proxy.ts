import type { ServeOptions } from "@mantou/bun";

const upstream = new URL(process.env["UPSTREAM"] ?? "http://localhost:8080");

const proxy: ServeOptions = {
  // Seconds. The server behind this one may take longer to think than the 10 of the default.
  idleTimeout: 60,

  fetch(request, server) {
    const { pathname, search } = new URL(request.url);
    // Not `new URL(pathname, upstream)`: the path "//elsewhere/" would choose another server.
    const target = new URL(upstream);
    target.pathname = pathname;
    target.search = search;
    // It has the method, the headers, the body as a stream, and the signal that fires when the client has gone.
    const passed = new Request(target, request);
    const client = server.requestIP(request)?.address;
    if (client !== undefined) passed.headers.append("X-Forwarded-For", client);
    // A redirect is for the client to follow.
    return fetch(passed, { redirect: "manual" });
  },

  error(error) {
    console.error(`${upstream.origin}: ${error.cause ?? error}`);
    return new Response("The server behind this one does not respond.\n", { status: 502 });
  },
};

/** `mantou` serves a module's default export; PORT says where. */
export default proxy;
