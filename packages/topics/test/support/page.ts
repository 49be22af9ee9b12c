import { expect } from "vitest";
import type { TopicSocket } from "../../src/index.ts";
import { type ModelStore, TOPIC } from "./model-server.ts";

/** What a page shows of the topic, held against what was published: contiguous but for told gaps, and nothing twice. */
export class Page {
  readonly #store: ModelStore;
  /** The sessions of its client, the newest last. */
  readonly #sessions: readonly string[];
  /** The id of the last message that it has; null if it may begin anywhere. */
  #at: number | null = null;
  #shown = new Set<number>();
  gaps = 0;
  #error: unknown;

  constructor(store: ModelStore, sessions: readonly string[]) {
    this.#store = store;
    this.#sessions = sessions;
  }

  /** @param last whether it begins with last messages */
  listen(client: TopicSocket, last: boolean): void {
    const begin = (position: string): void => {
      this.#at = last ? null : idOf(position);
    };
    let isNew = this.#at === null;
    client.on("subscribed", ({ topic, position }) => {
      expect(topic).toBe(TOPIC);
      if (isNew) begin(position!);
      isNew = false;
    });
    client.on("gap", ({ position }) => {
      this.gaps++;
      this.#shown = new Set();
      begin(position);
    });
    client.on("message", ({ data }) => {
      // What a listener throws is reported, and is no error of the client.
      try {
        this.#show(Number(data));
      } catch (error) {
        this.#error ??= error;
      }
    });
  }

  #show(id: number): void {
    expect(this.#shown.has(id), `message ${id} comes twice`).toBe(false);
    this.#shown.add(id);
    const { session } = this.#store.all.get(id)!;
    if (!this.#store.late.has(id))
      expect(this.#sessions.slice(-5), `message ${id} is an own one`).not.toContain(session);
    if (this.#at !== null) this.#expectBetween(this.#store.all.get(id)!.before, `before message ${id}`);
    this.#at = id;
  }

  /** Only own messages are between the last one that it has and this one, which is included. */
  #expectBetween(last: number, where: string): void {
    for (let id = last; id !== this.#at; id = this.#store.all.get(id)!.before) {
      const session = this.#store.all.get(id)?.session;
      expect(this.#sessions, `message ${id} is missing ${where}, behind ${this.#at}`).toContain(session);
    }
  }

  /** @throws the first thing that was wrong */
  check(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  /** It is up to date. */
  expectAll(): void {
    if (this.#at !== null) this.#expectBetween(this.#store.entries.at(-1)?.id ?? 0, "at the end");
  }
}

/** The check of the model's positions is the id. */
function idOf(position: string): number {
  const check = position.split(".")[2]!;
  return check === "" ? 0 : Number.parseInt(check, 36);
}
