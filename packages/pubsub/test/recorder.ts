import { Broker, type BrokerOptions, type Subscriber } from "../src/index.ts";

export interface Delivery {
  readonly to: string;
  readonly messages: readonly string[];
}

/** A broker of named subscribers that writes down what it calls its host with. */
export class Recorder {
  readonly broker: Broker<string, string>;
  /** The deliveries since the last `take()`. */
  deliveries: Delivery[] = [];
  scheduleCount = 0;
  /** Run by each delivery after it has been written down; a test replaces it to re-enter or to throw. */
  onDeliver: (delivery: Delivery) => void = () => {};
  onSchedule: () => void = () => {};

  /** @param options what else the host has */
  constructor(options: Omit<BrokerOptions<string, string>, "deliver" | "schedule"> = {}) {
    this.broker = new Broker<string, string>({
      ...options,
      deliver: (to, messages) => {
        const delivery = { to, messages };
        this.deliveries.push(delivery);
        this.onDeliver(delivery);
      },
      schedule: () => {
        this.scheduleCount++;
        this.onSchedule();
      },
    });
  }

  subscriber(name: string, ...topics: readonly string[]): Subscriber<string, string> {
    const subscriber = this.broker.subscriber(name);
    for (const topic of topics) subscriber.subscribe(topic);
    return subscriber;
  }

  /** The deliveries since the last call, one "name: messages" each. */
  take(): string[] {
    const taken = this.deliveries.map(({ to, messages }) => `${to}: ${messages.join(" ")}`);
    this.deliveries = [];
    return taken;
  }

  flush(): string[] {
    this.broker.flush();
    return this.take();
  }
}
