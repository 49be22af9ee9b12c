// The echo contract on Mantou: `PORT=3000 node mantou.js`
import process from "node:process";
import { serve } from "@mantou/serve";
import { echo } from "./fetch-handler.js";

const server = serve({ port: process.env.PORT ?? 3000, hostname: "127.0.0.1", fetch: echo });
console.log(`Listening on ${server.url}`);
