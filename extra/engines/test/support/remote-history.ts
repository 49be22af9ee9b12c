import type { HistoryLog } from "./history-guarantees.ts";
import type { Entry } from "./history-member.ts";
import { RemoteProcess } from "./remote-process.ts";

/** What an instance in another process prints. */
export type HistoryReport =
  | { readonly type: "entry"; readonly topic: string; readonly entry: Entry }
  | { readonly type: "event"; readonly event: string };

/** An instance with history topics in a process of its own. */
export class RemoteHistory extends RemoteProcess<HistoryReport> implements HistoryLog {
  readonly log = new Map<string, Entry[]>();
  readonly events: string[] = [];

  constructor(id: string, url: string, topics: readonly string[]) {
    super("history-process.ts", id, url, topics);
    for (const topic of topics) this.log.set(topic, []);
  }

  get isUp(): boolean {
    return this.events.findLast((event) => event === "up" || event === "down") === "up";
  }

  has(topic: string, message: string): boolean {
    return this.log.get(topic)?.some((entry) => "message" in entry && entry.message === message) ?? false;
  }

  gaps(topic: string): number {
    return this.log.get(topic)?.filter((entry) => "gap" in entry).length ?? 0;
  }

  protected override take(report: HistoryReport): void {
    if (report.type === "entry") this.log.get(report.topic)?.push(report.entry);
    else this.events.push(report.event);
  }
}
