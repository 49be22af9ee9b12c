// The echo contract on Bun: `PORT=3000 bun bun.js`
import { echo } from "./fetch-handler.js";

const server = Bun.serve({ port: process.env.PORT ?? 3000, hostname: "127.0.0.1", fetch: echo });
console.log(`Listening on ${server.url}`);
