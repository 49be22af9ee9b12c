export { Broker } from "./broker.ts";
export type { Subscriber } from "./subscriber.ts";
export type { BrokerOptions } from "./topic-registry.ts";
