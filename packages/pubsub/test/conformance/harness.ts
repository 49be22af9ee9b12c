import assert from "node:assert/strict";
import { Broker, type Subscriber } from "../../src/index.ts";
import { Box, type Message, Model } from "./model.ts";

export const TOPICS: readonly string[] = ["a", "b", "__proto__", ""];

export type Operation =
  | { readonly kind: "subscribe" | "unsubscribe"; readonly box: number; readonly topic: number }
  | { readonly kind: "publish"; readonly topic: number }
  | { readonly kind: "publishExcept"; readonly box: number; readonly topic: number }
  | { readonly kind: "flushOne" | "close"; readonly box: number }
  | { readonly kind: "flush" };

/** The actions of one call of `deliver` before it returns or throws. */
export interface Reaction {
  readonly operations: readonly Operation[];
  readonly throws: boolean;
}

/** Applies every operation to the broker and to the model, also from within `deliver`, and compares all visible results. */
export class Harness {
  readonly #boxes: readonly Box[];
  readonly #model: Model;
  readonly #broker: Broker<Box, Message>;
  readonly #reactions: Reaction[];
  readonly #published = new Map<number, Message>();
  #scheduleCount = 0;
  /** The targets that a `Subscriber.flush` may deliver to. Any other delivery belongs to the broker's flush. */
  #flushingOne: Box | undefined;
  #isFlushing = false;
  #flushAgain = false;
  #flushErrors: unknown[] = [];
  deliveries = 0;

  constructor(boxCount: number, reactions: readonly Reaction[]) {
    this.#boxes = Array.from({ length: boxCount }, (_, id) => new Box(id));
    this.#model = new Model(this.#boxes);
    this.#reactions = [...reactions];
    this.#broker = new Broker<Box, Message>({
      deliver: (box, messages) => this.#deliver(box, messages),
      schedule: () => {
        this.#scheduleCount++;
      },
    });
    for (const box of this.#boxes) box.handle = this.#broker.subscriber(box);
  }

  run(operations: readonly Operation[]): void {
    for (const operation of operations) this.#perform(operation);
    // As a host does: flush until no flush is scheduled. The reactions end, so this ends too.
    while (this.#model.isScheduled) this.#flush();
    for (const box of this.#boxes) assert.deepEqual(box.pending, [], `box ${box.id} lost messages`);
  }

  #perform(operation: Operation): void {
    switch (operation.kind) {
      case "flush":
        this.#flush();
        break;
      case "publish":
        this.#publish(topicName(operation.topic), undefined);
        break;
      case "publishExcept":
        this.#publish(topicName(operation.topic), this.#box(operation.box));
        break;
      case "flushOne":
        this.#flushOne(this.#box(operation.box));
        break;
      case "close": {
        const box = this.#box(operation.box);
        this.#model.close(box);
        handleOf(box).close();
        break;
      }
      default: {
        const box = this.#box(operation.box);
        const topic = topicName(operation.topic);
        assert.equal(handleOf(box)[operation.kind](topic), this.#model[operation.kind](box, topic));
      }
    }
    this.#compare();
  }

  #publish(topic: string, except: Box | undefined): void {
    const message: Message = { id: this.#published.size };
    this.#published.set(message.id, message);
    const expected = this.#model.publish(topic, message.id, except);
    const viaSubscriber = except !== undefined && message.id % 2 === 0;
    const recipients = viaSubscriber
      ? handleOf(except).publish(topic, message)
      : this.#broker.publish(topic, message, except?.handle);
    assert.equal(recipients, expected);
  }

  #flushOne(box: Box): void {
    const before = this.deliveries;
    const outer = this.#flushingOne;
    const isExpected = box.pending.length > 0;
    const throwing = isExpected && this.#reactions[0]?.throws === true;
    this.#flushingOne = box;
    const thrown = capture(() => handleOf(box).flush());
    assert.equal(this.#flushingOne, isExpected ? undefined : box);
    this.#flushingOne = outer;
    assert.equal(this.deliveries > before, isExpected);
    assert.equal(thrown !== undefined, throwing);
  }

  #flush(): void {
    if (this.#isFlushing) {
      const before = this.deliveries;
      this.#flushAgain = true;
      this.#broker.flush();
      assert.equal(this.deliveries, before, "a flush within a flush delivered by itself");
      return;
    }
    this.#isFlushing = true;
    this.#flushErrors = [];
    this.#model.beginRound();
    const thrown = capture(() => this.#broker.flush());
    this.#isFlushing = false;
    // Only this shows a last round without deliveries.
    if (this.#flushAgain) this.#model.beginRound();
    this.#flushAgain = false;
    for (const box of this.#boxes) assert.equal(box.due, 0, `box ${box.id} was not served by the flush`);
    if (this.#flushErrors.length > 1) {
      assert.ok(thrown instanceof AggregateError);
      assert.deepEqual(thrown.errors, this.#flushErrors);
    } else assert.equal(thrown, this.#flushErrors[0]);
  }

  #deliver(box: Box, messages: readonly Message[]): void {
    this.deliveries++;
    const isDirect = this.#flushingOne === box;
    let expected: number[];
    if (isDirect) {
      this.#flushingOne = undefined;
      expected = this.#model.takeAll(box);
    } else {
      assert.ok(this.#isFlushing, "a delivery outside of a flush");
      if (this.#flushAgain && this.#boxes.every((each) => each.due === 0)) {
        this.#flushAgain = false;
        this.#model.beginRound();
      }
      expected = this.#model.takeDue(box);
      assert.ok(expected.length > 0, `box ${box.id} had nothing due`);
    }
    assert.deepEqual(
      messages.map((message) => message.id),
      expected,
    );
    for (const message of messages) assert.equal(message, this.#published.get(message.id));
    this.#react(isDirect);
  }

  #react(isDirect: boolean): void {
    const reaction = this.#reactions.shift();
    const outer = this.#flushingOne;
    this.#flushingOne = undefined;
    this.#compare();
    for (const operation of reaction?.operations ?? []) this.#perform(operation);
    this.#flushingOne = outer;
    if (reaction?.throws !== true) return;
    const error = new Error("from deliver");
    if (!isDirect) this.#flushErrors.push(error);
    throw error;
  }

  #compare(): void {
    assert.equal(this.#scheduleCount, this.#model.scheduleCount);
    assert.equal(this.#broker.topicCount, this.#model.topicCount);
    for (const topic of TOPICS) {
      assert.equal(this.#broker.subscriberCount(topic), this.#model.subscriberCount(topic));
    }
    for (const box of this.#boxes) {
      const handle = handleOf(box);
      assert.deepEqual(handle.subscriptions, box.topics);
      assert.equal(handle.hasPending, box.pending.length > 0);
      for (const topic of TOPICS) assert.equal(handle.isSubscribed(topic), box.topics.includes(topic));
    }
  }

  #box(index: number): Box {
    return this.#boxes[index % this.#boxes.length] as Box;
  }
}

function topicName(index: number): string {
  return TOPICS[index % TOPICS.length] as string;
}

function handleOf(box: Box): Subscriber<Box, Message> {
  assert.ok(box.handle !== undefined);
  return box.handle;
}

function capture(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    // The broker collects what `deliver` throws, also failed assertions.
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    for (const each of errors) if (each instanceof assert.AssertionError) throw each;
    return error;
  }
  return undefined;
}
