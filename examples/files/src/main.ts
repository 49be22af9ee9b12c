import { serve } from "@mantou/serve";

const dir = process.argv[2] ?? "public";

const server = serve({
  routes: {
    // Types, ranges, conditions and index.html are its business. There is no way out of the folder.
    "/*": { dir },
  },
  // What is not in the folder.
  fetch: () => new Response("There is no such file.\n", { status: 404 }),
});

console.log(`${dir} is at ${server.url}`);
