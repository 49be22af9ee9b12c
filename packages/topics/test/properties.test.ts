import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../../../vitest.runs.ts";
import { type PositionStorage, TopicSocket } from "../src/index.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { Network } from "./support/fake-socket.ts";
import { ModelConnection, ModelStore } from "./support/model-server.ts";
import { Page } from "./support/page.ts";

/** Many more messages than any command moves. */
const ALL = 10_000;
const few = fc.integer({ min: 1, max: 4 });
const some = fc.integer({ min: 1, max: 12 });

/** What any correct network and server may do. */
const calm = [
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("publish" as const), count: few }) },
  { weight: 1, arbitrary: fc.constant({ kind: "say" as const }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("live" as const), count: few }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("page" as const),
      count: few,
      again: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("down" as const), count: some }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("up" as const), count: few }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("skip" as const), count: few }) },
  { weight: 1, arbitrary: fc.constant({ kind: "again" as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: "settle" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("break" as const), missed: fc.nat(3), lag: fc.nat(4) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("reload" as const), closes: fc.boolean(), lag: fc.nat(3) }),
  },
];
/** What loses messages. */
const rough = [
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rotate" as const), lost: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("lose" as const), count: few, published: fc.nat(3) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("failover" as const),
      lost: fc.nat(4),
      rotates: fc.boolean(),
      published: fc.nat(4),
      lag: fc.nat(3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("trim" as const), kept: fc.nat(4) }) },
];

type CommandOf<A> = A extends readonly { arbitrary: fc.Arbitrary<infer C> }[] ? C : never;
type Command = CommandOf<typeof calm> | CommandOf<typeof rough>;

class Simulation {
  readonly #last: number;
  readonly #waits: boolean;
  readonly #store = new ModelStore();
  readonly #clock = new FakeClock();
  readonly #network = new Network();
  readonly #sessions: string[] = [];
  readonly #values = new Map<string, string>();
  readonly page: Page = new Page(this.#store, this.#sessions);
  #client: TopicSocket;
  #server!: ModelConnection;

  /** @param waits whether servers do what protects clients that are ahead of them from a tail that is lost then */
  constructor(last: number, waits: boolean) {
    this.#last = last;
    this.#waits = waits;
    this.#client = this.#load();
    this.#return(0);
  }

  #load(): TopicSocket {
    const { WebSocket } = this.#network;
    const positions: PositionStorage = {
      getItem: (key) => this.#values.get(key) ?? null,
      setItem: (key, value) => void this.#values.set(key, value),
    };
    const client = new TopicSocket("ws://host/chat", { WebSocket, positions, timers: this.#clock });
    this.page.listen(client, this.#last > 0);
    return client;
  }

  perform(command: Command): void {
    const server = this.#server;
    switch (command.kind) {
      case "publish":
        this.#publish(command.count);
        break;
      case "say":
        this.#client.send("");
        break;
      case "live":
        server.pump(command.count);
        break;
      case "page":
        server.page(command.count, command.again);
        break;
      case "down":
        for (let i = 0; i < command.count; i++) this.#network.last.step();
        break;
      case "up":
        for (let i = 0; i < command.count; i++) server.take();
        break;
      case "skip":
        server.skip(command.count);
        break;
      case "again":
        server.unsubscribe();
        server.subscribe(this.#last);
        break;
      case "settle":
        this.#settle();
        break;
      case "break":
        this.#drop();
        this.#publish(command.missed);
        this.#return(command.lag);
        break;
      case "reload":
        if (command.closes) this.#client.close();
        this.#drop();
        if (!command.closes) this.#client.close();
        this.#client = this.#load();
        this.#return(command.lag);
        break;
      case "failover":
        this.#drop();
        this.#store.loseTail(command.lost);
        if (command.rotates) this.#store.epoch++;
        this.#publish(command.published);
        this.#return(command.lag);
        break;
      case "rotate":
        this.#store.loseTail(command.lost);
        this.#store.epoch++;
        server.moved();
        break;
      case "lose":
        this.#store.loseTail(command.count);
        // A server that notices begins another epoch. Else only a client may know of what is lost.
        if (server.isAhead) {
          this.#store.epoch++;
          server.moved();
        }
        this.#publish(command.published);
        break;
      case "trim":
        this.#store.first = Math.max(this.#store.first, this.#store.entries.length - command.kept);
    }
    this.#check();
  }

  #drop(): void {
    this.#network.last.end();
    this.#check();
  }

  #return(lag: number): void {
    if (this.#network.last.state === "closed") this.#clock.advance(30_000);
    const session = `s${this.#sessions.length}`;
    this.#sessions.push(session);
    const options = { lag, last: this.#last, waits: this.#waits };
    this.#server = new ModelConnection(this.#store, this.#network.last, session, options);
  }

  #publish(count: number): void {
    for (let i = 0; i < count; i++) this.#store.publish("another");
  }

  /** The client has no reason to close. */
  #check(): void {
    expect(this.#network.last.closing?.code ?? 1000).toBeOneOf([1000, 1005, 1006]);
    this.page.check();
  }

  /** All works, until nothing is left to do. */
  #settle(): void {
    for (let i = 0; this.#server.isBusy && i < ALL; i++) {
      this.perform({ kind: "up", count: 1 });
      this.perform({ kind: "live", count: 1 });
      this.perform({ kind: "page", count: 1, again: 0 });
      this.perform({ kind: "down", count: 1 });
    }
    expect(this.#server.isBusy).toBe(false);
  }

  heal(): void {
    this.#settle();
    this.page.check();
    this.page.expectAll();
  }
}

function simulate(last: number, waits: boolean, commands: readonly Command[]): Simulation {
  const simulation = new Simulation(last, waits);
  for (const command of commands) simulation.perform(command);
  simulation.heal();
  return simulation;
}

const last = fc.constantFrom(0, 0, 2, 5);

it("shows each message once and in order, but for gaps that it tells, whatever breaks", () => {
  const commands = fc.array(fc.oneof(...calm, ...rough), { maxLength: 80 });
  fc.assert(
    fc.property(last, commands, (n, all) => void simulate(n, true, all)),
    runs(4000),
  );
});

it("tells no gap where the history has all", () => {
  const commands = fc.array(fc.oneof(...calm), { maxLength: 80 });
  fc.assert(
    fc.property(last, fc.boolean(), commands, (n, waits, all) => {
      expect(simulate(n, waits, all).page.gaps).toBe(0);
    }),
    runs(4000),
  );
});
