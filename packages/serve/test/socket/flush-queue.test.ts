import { captureErrors } from "@mantou/testing/errors";
import { describe, expect, it } from "vitest";
import { type Flushed, FlushQueue } from "../../src/socket/flush-queue.ts";

const errors = captureErrors();

/** Notes its flush, and then does something. */
function note(flushed: string[], name: string, then: () => void = () => {}): Flushed {
  return {
    next: null,
    flush() {
      flushed.push(name);
      then();
    },
  };
}

describe("a flush", () => {
  it("comes once for each that waits, in their order, and not again", () => {
    const flushed: string[] = [];
    const queue = new FlushQueue();
    const [a, b, c] = [note(flushed, "a"), note(flushed, "b"), note(flushed, "c")];
    expect([a, b, a, b, c, c, b].map((one) => queue.add(one))).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
      false,
    ]);
    queue.flush();
    queue.flush();
    expect(flushed).toEqual(["a", "b", "c"]);
    expect(queue.add(c)).toBe(true);
    queue.flush();
    expect(flushed).toEqual(["a", "b", "c", "c"]);
  });

  it("leaves what is added meanwhile to the next one", () => {
    const flushed: string[] = [];
    const queue = new FlushQueue();
    let added: boolean[] | null = null;
    const a = note(flushed, "a", () => {
      added ??= [a, b, c].map((one) => queue.add(one));
    });
    const b = note(flushed, "b");
    const c = note(flushed, "c");
    queue.add(a);
    queue.add(b);
    queue.flush();
    expect(added, "the first one has had its flush, the second one still waits").toEqual([true, false, true]);
    expect(flushed).toEqual(["a", "b"]);
    queue.flush();
    expect(flushed).toEqual(["a", "b", "a", "c"]);
  });

  it("within a flush comes for the rest, once", () => {
    const flushed: string[] = [];
    const queue = new FlushQueue();
    queue.add(note(flushed, "a", () => queue.flush()));
    queue.add(note(flushed, "b"));
    queue.add(note(flushed, "c"));
    queue.flush();
    expect(flushed).toEqual(["a", "b", "c"]);
  });

  it("comes for the others where one fails: the error is reported", () => {
    const flushed: string[] = [];
    const queue = new FlushQueue();
    const error = new Error("no flush");
    queue.add(
      note(flushed, "a", () => {
        throw error;
      }),
    );
    queue.add(note(flushed, "b"));
    queue.flush();
    expect(flushed).toEqual(["a", "b"]);
    expect(errors.take()).toBe(error);
  });
});
