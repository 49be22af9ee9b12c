// The echo contract in Hono, on Mantou: `PORT=3000 node hono.js` (npm install hono @mantou/serve)
import process from "node:process";
import { serve } from "@mantou/serve";
import { Hono } from "hono";

const app = new Hono();
app.all("*", async (context) => {
  const value = context.req.header("x-echo");
  if (value !== undefined) context.header("Echo-Value", value);
  context.header("Echo-Method", context.req.method);
  return context.body(await context.req.arrayBuffer());
});
const server = serve({ port: process.env.PORT ?? 3000, hostname: "127.0.0.1", fetch: app.fetch });
console.log(`Listening on ${server.url}`);
