import { start } from "./api.ts";
import { Store } from "./store.ts";

const server = start(new Store(process.env["DATABASE"] ?? "notes.sqlite"));
console.log(`Listening on ${server.url}`);
