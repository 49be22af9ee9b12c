// The echo contract on Deno: `PORT=3000 deno run --allow-net --allow-env deno.js`
import { echo } from "./fetch-handler.js";

Deno.serve({
  port: Number(Deno.env.get("PORT") ?? 3000),
  hostname: "127.0.0.1",
  onListen: ({ port }) => console.log(`Listening on http://127.0.0.1:${port}/`),
  handler: echo,
});
