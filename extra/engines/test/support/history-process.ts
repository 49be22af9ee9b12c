// An instance with history topics in a process of its own, under `mantou`. It reads what to publish, a line each, and prints what its clients get.
//   history-process.ts ID URL TOPICS
import { fromUrl } from "@mantou/backplane";
import { HistoryMember } from "./history-member.ts";
import type { HistoryReport } from "./remote-history.ts";
import { readOrders } from "./remote-process.ts";

const [id = "", url = "", topics = "[]"] = process.argv.slice(2);
const print = (report: HistoryReport) => process.stdout.write(`${JSON.stringify(report)}\n`);

const member = new HistoryMember(id, fromUrl(url), {
  onEntry: (topic, entry) => void print({ type: "entry", topic, entry }),
  onEvent: ({ type }) => void print({ type: "event", event: type }),
});
for (const topic of JSON.parse(topics) as string[]) member.subscribe(topic);

readOrders((topic, count) => member.publish(topic, count));
