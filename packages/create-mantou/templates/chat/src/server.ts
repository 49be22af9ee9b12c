import { start } from "./chat.ts";

const server = start();
console.log(`Listening on ${server.url}`);
