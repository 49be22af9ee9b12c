import ms from "ms";
import { Injectable } from "./registry";

export class Clock {
  readonly started = performance.now();
  uptime() {
    return performance.now() - this.started;
  }
  duration(text: string) {
    return ms(text as ms.StringValue);
  }
}

@Injectable()
export class Karma {
  private points: { [who: string]: number } = Object.create(null);

  add(who: string, count: number) {
    return (this.points[who] = (this.points[who] ?? 0) + count);
  }

  get top() {
    return Object.entries(this.points).sort(([, a], [, b]) => b - a);
  }
}

@Injectable()
export class Outbox {
  readonly messages: { to: string; text: string; thread?: number }[] = [];

  constructor(protected readonly clock: Clock) {}

  post(to: string, text: string, thread?: number) {
    this.messages.push({ to, text, ...(thread !== undefined && { thread }) });
    return this.messages.length;
  }

  async later(delay: string, to: string, text: string) {
    await Bun.sleep(Math.min(this.clock.duration(delay), 50));
    return this.post(to, text);
  }
}
