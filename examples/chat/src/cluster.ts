import { runWorkers } from "@mantou/serve/workers";

// The chat in two processes that share its port. Their rooms are one: by a socket between the two, or by Redis, and then with other machines.
const { REDIS_URL, ...env } = process.env;
const workers = runWorkers(new URL("main.js", import.meta.url), {
  workers: 2,
  env: REDIS_URL ? { ...env, MANTOU_BACKPLANE: REDIS_URL } : env,
});
void workers.ready.then(() => {
  if (workers.pids.length > 0) console.log(`Its processes are ${workers.pids.join(" and ")}.`);
});
process.exitCode = await workers.ended;
