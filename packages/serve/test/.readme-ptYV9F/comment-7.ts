import { runWorkers } from "@mantou/serve/workers";

const workers = runWorkers(new URL("server.js", import.meta.url), { workers: "auto" });
process.exitCode = await workers.ended;

export {};
