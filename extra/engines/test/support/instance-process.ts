// An instance in a process of its own, under `mantou`. It reads what to publish, a line each, and prints what it gets.
//   instance-process.ts ID URL TOPICS
import { fromUrl } from "@mantou/backplane";
import { Instance } from "./instance.ts";
import type { Report } from "./remote-instance.ts";
import { readOrders } from "./remote-process.ts";

const [id = "", url = "", topics = "[]"] = process.argv.slice(2);
const print = (report: Report) => process.stdout.write(`${JSON.stringify(report)}\n`);

const instance = new Instance(id, fromUrl(url));
for (const topic of JSON.parse(topics) as string[]) {
  instance.subscribe(topic);
  // What the log of the topic gets is printed, too.
  const log = instance.received.get(topic)!;
  log.push = (...messages) => {
    for (const message of messages) print({ type: "received", topic, message });
    return 0;
  };
}
instance.events.push = (...events) => {
  for (const event of events) print({ type: "event", event });
  return 0;
};

readOrders((topic, count) => instance.publish(topic, count));
