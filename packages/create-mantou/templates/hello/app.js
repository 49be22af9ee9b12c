/** What the server does. `server.js` starts it, and the test does on a port of its own. */
export const app = {
  routes: {
    "/": new Response("Hello!\n"),
    "/hello/:name": (request) => new Response(`Hello ${request.params.name}!\n`),
    "/api/echo": { POST: async (request) => Response.json({ received: await request.json() }) },
    "/public/*": { dir: "./public" },
  },
  fetch: () => new Response("There is nothing here.\n", { status: 404 }),
  error(error) {
    // JSON that cannot be read is the client's mistake. All others are logged, and get a 500.
    if (error instanceof SyntaxError) return Response.json({ error: error.message }, { status: 400 });
    throw error;
  },
};
