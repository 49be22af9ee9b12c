import type { RelayEvent } from "@mantou/pubsub/relay";
import type { Log } from "./guarantees.ts";
import { RemoteProcess } from "./remote-process.ts";

/** What an instance in another process prints. */
export type Report =
  | { readonly type: "received"; readonly topic: string; readonly message: string }
  | { readonly type: "event"; readonly event: RelayEvent };

/** An instance in a process of its own. */
export class RemoteInstance extends RemoteProcess<Report> implements Log {
  readonly received = new Map<string, string[]>();
  readonly events: RelayEvent[] = [];
  readonly relay: { state: "up" | "down" } = { state: "down" };

  constructor(id: string, url: string, topics: readonly string[]) {
    super("instance-process.ts", id, url, topics);
    for (const topic of topics) this.received.set(topic, []);
  }

  has(topic: string, message: string): boolean {
    return this.received.get(topic)?.includes(message) ?? false;
  }

  protected override take(report: Report): void {
    if (report.type === "received") {
      this.received.get(report.topic)?.push(report.message);
      return;
    }
    const { event } = report;
    this.events.push(event);
    if (event.type === "up" || event.type === "down") this.relay.state = event.type;
  }
}
