import { serve } from "bun";
import { app } from "./app.ts";

const server = serve({ fetch: app.fetch });
console.log(`Listening on ${server.url}`);
