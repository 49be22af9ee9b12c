import { Command, helpText, Injectable, UsageError } from "../registry";
import { Clock, Karma, Outbox } from "../services";

@Injectable()
export class General {
  constructor(
    private karma: Karma,
    private outbox: Outbox,
    private clock: Clock,
  ) {}

  @Command("ping", "says pong")
  ping() {
    return this.clock.uptime() >= 0 ? "pong" : "never";
  }

  @Command("help", "this text")
  help() {
    return helpText();
  }

  @Command("thank", "gives points")
  thank(who: string, points: number) {
    if (points < 1 || points > 5) throw new UsageError("1 to 5 points, please");
    return `${who} has ${this.karma.add(who, points)} points`;
  }

  @Command("top", "who has most points")
  top() {
    return (
      this.karma.top.map(([who, points], i) => `${i + 1}. ${who} (${points})`).join(", ") || "nobody yet"
    );
  }

  @Command("remind", "posts later")
  async remind(delay: string, text: string) {
    if (this.clock.duration(delay) === undefined) throw new UsageError(`"${delay}" is no duration`);
    await this.outbox.later(delay, "reminders", text);
    return `reminded after ${this.clock.duration(delay)} ms`;
  }
}
