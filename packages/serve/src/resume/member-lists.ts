import type { TopicSocket } from "../websocket/topic-session.ts";
import { LEFT_OUT_BYTES } from "./limits.ts";
import type { PageBudget } from "./page-budget.ts";
import type { TopicForm } from "./topic-form.ts";

/**
 * What one topic client is told of the members of its topics. It gets a list when it has taken what was sent before. What changes while it
 * does not keep up is told to it afterwards, in place of the list: that would be too much for it each time.
 */
export class MemberLists {
  readonly #socket: TopicSocket;
  readonly #budget: PageBudget;
  readonly #ask: (topic: string) => void;
  /** By topic whose list the client has: the changes that were left out for it. */
  readonly #leftOut = new Map<string, TopicForm[]>();
  #leftOutBytes = 0;
  /** Topics whose lists wait for the client. */
  readonly #waiting = new Set<string>();
  /** The one of them that was asked for last. The next one is asked for when it was sent, or does not come. */
  #asked: string | null = null;

  /** @param ask for the list of a topic, which is given to `send` */
  constructor(socket: TopicSocket, budget: PageBudget, ask: (topic: string) => void) {
    this.#socket = socket;
    this.#budget = budget;
    this.#ask = ask;
  }

  /** The client was told that it is live. What it does not know of the members follows. */
  live(topic: string): void {
    const changes = this.#leftOut.get(topic);
    if (changes === undefined) this.#ask(topic);
    else if (changes.length > 0) {
      this.forget(topic);
      this.#leftOut.set(topic, []);
      this.#send(changes);
    }
  }

  /** Sends a list, or asks for it again when the client has taken what waits. */
  send(topic: string, list: readonly TopicForm[]): void {
    if (this.#asked === topic) this.#asked = null;
    if (this.#budget.isSpent || !this.#socket.keepsUp) {
      this.#waiting.add(topic);
      this.#socket.awaitDrained();
      return;
    }
    this.forget(topic);
    this.#leftOut.set(topic, []);
    this.#send(list);
    if (!this.#budget.isSpent) this.#askNext();
  }

  unsubscribed(topic: string): void {
    this.forget(topic);
    this.skip(topic);
  }

  /** The list of a topic is not wanted any more, or not now. */
  skip(topic: string): void {
    if (this.#asked !== topic) return;
    this.#asked = null;
    this.#askNext();
  }

  #send(forms: readonly TopicForm[]): void {
    this.#budget.spend(forms);
    this.#socket.page(forms);
    this.#socket.awaitDrained();
  }

  /** A change is left out, since the client does not keep up. Beyond a limit the list has to tell. */
  leaveOut(change: TopicForm): void {
    const changes = this.#leftOut.get(change.topic);
    if (changes === undefined) return;
    changes.push(change);
    this.#leftOutBytes += change.size;
    if (this.#leftOutBytes > LEFT_OUT_BYTES) this.forget(change.topic);
  }

  /** What the client knows of the members does not hold any more. */
  forget(topic: string): void {
    for (const { size } of this.#leftOut.get(topic) ?? []) this.#leftOutBytes -= size;
    this.#leftOut.delete(topic);
    this.#waiting.delete(topic);
  }

  /** The client has taken all bytes. */
  drained(): void {
    if (!this.#budget.isSpent) this.#askNext();
  }

  /** One after the other: the client may have to take the first one before the next one is sent. */
  #askNext(): void {
    const [topic] = this.#waiting;
    if (topic === undefined) return;
    this.#waiting.delete(topic);
    this.#asked = topic;
    this.#ask(topic);
  }
}
