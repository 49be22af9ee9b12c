import { expect, it } from "vitest";
import { type Place, runJob } from "../src/job-pool.ts";

/** Jobs that the test ends, and the order in which they have started. */
function jobs() {
  const started: string[] = [];
  const places = new Map<string, Place>();
  const add = (owner: object, name: string, isLong = false): void =>
    runJob(
      owner,
      (place) => {
        started.push(name);
        places.set(name, place);
      },
      isLong,
    );
  const end = (...names: string[]): void => {
    for (const name of names) places.get(name)!.leave();
  };
  return { started, places, add, end };
}

it("runs three jobs at once, and the others in their order as soon as one has finished", () => {
  const { started, add, end } = jobs();
  for (const name of "012345") add({}, name);
  expect(started.join("")).toBe("012");
  end("1");
  expect(started.join("")).toBe("0123");
  end("3", "0");
  expect(started.join("")).toBe("012345");
  end("2", "4", "5");
});

it("runs one job of an owner at a time, and lets owners take turns, whatever they have added", () => {
  const { started, add, end } = jobs();
  const [flood, other, third] = [{}, {}, {}];
  for (let i = 0; i < 100; i++) add(flood, `f${i}`);
  expect(started).toEqual(["f0"]);
  add(other, "o0");
  add(other, "o1");
  add(third, "t0");
  add({}, "late");
  expect(started).toEqual(["f0", "o0", "t0"]);
  end("f0");
  expect(started.slice(3)).toEqual(["late"]);
  end("o0");
  // They have had their turns, and get them again in the order in which these have ended.
  expect(started.slice(4)).toEqual(["f1"]);
  end("late", "t0");
  expect(started.slice(5)).toEqual(["o1"]);
  end("o1");
  for (let i = 1; i < 100; i++) end(`f${i}`);
  expect(started.filter((name) => name.startsWith("f"))).toEqual(
    Array.from({ length: 100 }, (_, i) => `f${i}`),
  );
});

it("never keeps a short job waiting for a long one, nor long ones for a flood of short ones", () => {
  const { started, add, end } = jobs();
  for (let i = 0; i < 200; i++) add({}, `long ${i}`, true);
  expect(started).toEqual(["long 0", "long 1"]);
  add({}, "short 0");
  expect(started.at(-1)).toBe("short 0");
  end("short 0");
  for (let i = 1; i < 10; i++) add({}, `short ${i}`);
  // One place is for long ones, and the others for short ones, as long as there are any.
  end("long 0");
  expect(started.slice(3)).toEqual(["short 1", "short 2"]);
  end("long 1");
  expect(started.slice(5)).toEqual(["long 2"]);
  for (let i = 1; i < 10; i++) end(`short ${i}`);
  expect(started.slice(6)).toEqual([...[3, 4, 5, 6, 7, 8, 9].map((i) => `short ${i}`), "long 3"]);
  for (let i = 2; i < 200; i++) end(`long ${i}`);
  expect(started).toHaveLength(210);
});

it("lets a job that turns out to be long go on behind the long ones, in a new place", () => {
  const { started, places, add, end } = jobs();
  const owner = {};
  for (let i = 0; i < 3; i++) add({}, `long ${i}`, true);
  add(owner, "short");
  places.get("short")!.moveToLong((place) => {
    started.push("rest");
    places.set("rest", place);
  });
  add({}, "other");
  end("other");
  expect(started).toEqual(["long 0", "long 1", "short", "other"]);
  end("long 0");
  expect(started.at(-1)).toBe("long 2");
  end("long 1");
  expect(started.at(-1)).toBe("rest");
  end("long 2", "rest");
});

it("takes any number of jobs that finish where they start, as those of closed connections do", () => {
  const { add, end } = jobs();
  for (const name of "012") add({}, name);
  let ran = 0;
  const owner = {};
  for (let i = 0; i < 40_000; i++) {
    runJob(
      i % 2 === 0 ? owner : {},
      (place) => {
        ran++;
        place.leave();
      },
      false,
    );
  }
  expect(ran).toBe(0);
  end("0", "1", "2");
  expect(ran).toBe(40_000);
});

it("runs a job that is added by one that is starting, behind those that wait", () => {
  const { add, end } = jobs();
  const order: string[] = [];
  const ending = (name: string, then = (): void => {}): void =>
    runJob(
      {},
      (place) => {
        order.push(name);
        then();
        place.leave();
      },
      false,
    );
  for (const name of "012") add({}, name);
  ending("first", () => ending("added"));
  ending("second");
  end("0", "1", "2");
  expect(order).toEqual(["first", "second", "added"]);
});
