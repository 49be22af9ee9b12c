import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, MemoryBus, Relay } from "@mantou/pubsub/relay";
import { type Server, type ServerWebSocket, serve } from "@mantou/serve/plain";
import { until } from "@mantou/testing/wait";
import { WebSocket } from "@mantou/websocket/client";
import { TopicSocket } from "../../src/index.ts";

const TOPIC = "room/1";
const CHANNEL = `ht:${TOPIC}`;

/** One server of the cluster. */
export interface Instance {
  readonly server: Server;
  readonly engine: Engine;
  readonly sockets: Set<ServerWebSocket>;
}

/** A page: what it shows, and what it has said itself. */
export class Page {
  readonly client: TopicSocket;
  /** Texts of messages; `|` for a gap. */
  readonly shown: string[] = [];
  readonly own = new Set<string>();
  isLive = false;

  /** @param url where it connects next */
  constructor(url: () => string) {
    // Waits of some milliseconds, which grow with failures.
    this.client = new TopicSocket(url, { WebSocket, random: () => 0.004 });
    this.client.on("message", ({ data }) => void this.shown.push(String(data)));
    this.client.on("gap", () => void this.shown.push("|"));
    this.client.on("live", () => {
      this.isLive = true;
    });
    this.client.on("close", () => {
      this.isLive = false;
    });
  }

  say(text: string): void {
    this.own.add(text);
    this.client.send(text);
  }
}

/** Servers on one engine in memory, which writes down the order in which it got the messages. */
export class TopicCluster {
  readonly bus: MemoryBus = new MemoryBus({ defer: (task) => void setImmediate(task) });
  readonly instances: Instance[] = [];
  readonly pages: Page[] = [];
  /** All messages that the engine has ever got. */
  readonly order: string[] = [];
  /** Those that a retry has given it twice, since a short history does not know the first one any more: they have two places. */
  readonly twice = new Set<string>();
  readonly #size: number;
  #next = 0;

  /** @param size of the history, in messages */
  constructor(size: number) {
    this.#size = size;
    const { history } = this.bus;
    const append = history.append.bind(history);
    history.append = (channel, frame, count, rule, retry) => {
      const result = append(channel, frame, count, rule, retry);
      const texts = Buffer.from(frame).toString("latin1").match(/m\d+;/g) ?? [];
      for (const text of result.duplicate ? [] : texts) {
        if (this.order.includes(text)) this.twice.add(text);
        else this.order.push(text);
      }
      return result;
    };
  }

  /** The next message. Each has another text. */
  text(): string {
    return `m${++this.#next};`;
  }

  async start(): Promise<Instance> {
    const engine = this.bus.engine();
    const sockets = new Set<ServerWebSocket>();
    const server = serve({
      port: 0,
      hostname: "127.0.0.1",
      backplane: { createRelay: (options) => new Relay({ ...options, engine }) },
      topics: { "room/*": { history: { size: this.#size, seconds: 600 } } },
      fetch: (request, it) => (it.upgrade(request) ? undefined : new Response(null, { status: 426 })),
      websocket: {
        open(ws) {
          sockets.add(ws);
          ws.subscribe(TOPIC);
        },
        message: (ws, text) => void ws.publish(TOPIC, text),
        close: (ws) => void sockets.delete(ws),
      },
    });
    for (const event of ["down", "gap", "dropped"] as const) server.topics.on(event, () => {});
    const instance = { server, engine, sockets };
    await until(() => server.topics.state === "up", "the engine");
    return instance;
  }

  /** Adds a page that goes to any instance, and waits until it is live. */
  async open(): Promise<Page> {
    let next = this.pages.length;
    const page = new Page(() => {
      const { server } = this.instances[next++ % this.instances.length]!;
      return server.url.href.replace("http", "ws");
    });
    this.pages.push(page);
    await until(() => page.isLive, "live");
    return page;
  }

  publish(i: number, count: number): void {
    const { server } = this.instances[i]!;
    for (let n = 0; n < count; n++) server.publish(TOPIC, this.text());
  }

  /** Another server takes the place of one, whose clients go to the others meanwhile. */
  async restart(i: number, spread: number): Promise<void> {
    const { server } = this.instances[i]!;
    const next = await this.start();
    this.instances[i] = next;
    await server.stop({ timeout: spread + 2, spread });
  }

  /** The server of a process that is killed: nothing that it has not sent leaves. */
  async kill(i: number): Promise<void> {
    const { server, engine } = this.instances[i]!;
    this.instances[i] = await this.start();
    this.bus.disconnect(engine, new Error("killed"));
    await server.stop(true);
  }

  /** The engine names another epoch, as after a failover. */
  rotate(): void {
    const { epoch } = this.bus.history.read(CHANNEL, 0, 0);
    this.bus.history.rotate(CHANNEL, epoch);
    for (const { engine } of this.instances) this.bus.disconnect(engine, new Error("failover"));
  }

  /** Waits until every page has got the last message. One that comes back late may be told that it has missed it: then another one follows. */
  async settle(): Promise<void> {
    for (const { server } of this.instances) {
      // What waits for the engine would come behind the last message.
      const isIdle = (): boolean => server.topics.metrics.history.queueBytes === 0;
      await until(() => server.topics.state === "up" && isIdle(), "all has left");
    }
    for (let pause = 20; ; pause *= 2) {
      const last = this.text();
      await this.instances[0]!.server.topics.publish(TOPIC, last);
      const isMissing = ({ shown }: Page): boolean => !shown.includes(last);
      for (let waited = 0; waited < pause && this.pages.some(isMissing); waited += 10) await sleep(10);
      if (!this.pages.some(isMissing)) return;
      if (pause > 20_000)
        throw new Error(`${this.pages.filter(isMissing).length} pages do not get the last message`);
    }
  }

  async stop(): Promise<void> {
    for (const { client } of this.pages) client.close();
    this.bus.start();
    await Promise.all(this.instances.map(({ server }) => server.stop(true)));
  }
}

/**
 * Checks what a page has shown against the order of the engine: all messages but its own, once and in order, except exactly at its gaps. An own
 * message may be there if it waited for the engine when its connection broke: the page has not asked for anything since then.
 * @returns what is wrong, or null
 */
export function faultOf(
  { shown, own }: Page,
  { order, twice }: Pick<TopicCluster, "order" | "twice">,
): string | null {
  let at = 0;
  let isGap = false;
  const isDue = (text: string): boolean => !own.has(text) && !twice.has(text);
  const missing = (end: number): number => order.slice(at, end).filter(isDue).length;
  for (const text of shown) {
    if (text === "|") {
      isGap = true;
      continue;
    }
    if (twice.has(text)) continue;
    const found = order.indexOf(text);
    if (found < 0) return `${text} is not in the order`;
    if (found < at) return `${text} comes twice, or behind later ones`;
    if (!isGap && missing(found) > 0) return `${missing(found)} messages before ${text} are missing`;
    at = found + 1;
    isGap = false;
  }
  const rest = missing(order.length);
  return rest === 0 || isGap ? null : `${rest} messages are missing at the end`;
}

/** The own messages that a page has shown. */
export function echoesOf({ shown, own }: Page): string[] {
  return shown.filter((text) => own.has(text));
}
