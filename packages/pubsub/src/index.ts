export { Broker } from "./broker.ts";
export type { BrokerOptions } from "./exchange.ts";
export type { Subscriber } from "./subscriber.ts";
