// `raw-round-trip.mjs URL SECONDS`: PUBLISH until its message is here, by two clients of @redis/client in one process, one message at a time.
import { createClient } from "@redis/client";
import { Histogram } from "../../../bench/dist/load/histogram.js";

const [, , url, seconds] = process.argv;
const publisher = await createClient({ url }).connect();
const subscriber = await createClient({ url }).connect();
let arrived;
await subscriber.subscribe("raw", () => arrived());
const text = "m".repeat(32);
const histogram = new Histogram();
const started = performance.now();
const warmedUp = started + 500;
for (let now = started, isWarm = false; now < warmedUp + Number(seconds) * 1000; ) {
  if (!isWarm && now >= warmedUp) {
    isWarm = true;
    histogram.clear();
  }
  const message = new Promise((resolve) => (arrived = resolve));
  const sent = performance.now();
  const published = publisher.publish("raw", text);
  await message;
  now = performance.now();
  histogram.record((now - sent) * 1000, 1);
  await published;
}
console.log(JSON.stringify({ p50: histogram.quantile(0.5), p99: histogram.quantile(0.99) }));
process.exit();
