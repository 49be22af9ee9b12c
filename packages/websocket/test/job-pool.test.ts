import { expect, it } from "vitest";
import { runJob } from "../src/job-pool.ts";

type Finished = () => void;

it("runs three jobs at once, and the others in their order as soon as one has finished", () => {
  const started: number[] = [];
  const finish: Finished[] = [];
  for (let i = 0; i < 6; i++) {
    runJob((finished) => {
      started.push(i);
      finish.push(finished);
    });
  }
  expect(started).toEqual([0, 1, 2]);
  finish[1]!();
  expect(started).toEqual([0, 1, 2, 3]);
  finish[3]!();
  finish[0]!();
  expect(started).toEqual([0, 1, 2, 3, 4, 5]);
  for (const i of [2, 4, 5]) finish[i]!();
});

it("takes any number of jobs that finish where they start, as those of closed connections do", () => {
  const held: Finished[] = [];
  for (let i = 0; i < 3; i++) runJob((finished) => held.push(finished));
  let ran = 0;
  for (let i = 0; i < 20_000; i++) {
    runJob((finished) => {
      ran++;
      finished();
    });
  }
  expect(ran).toBe(0);
  for (const finished of held) finished();
  expect(ran).toBe(20_000);
});

it("runs a job that is added by one that is starting, behind those that wait", () => {
  const order: string[] = [];
  const held: Finished[] = [];
  for (let i = 0; i < 3; i++) runJob((finished) => held.push(finished));
  runJob((finished) => {
    order.push("first");
    runJob((done) => {
      order.push("added");
      done();
    });
    finished();
  });
  runJob((finished) => {
    order.push("second");
    finished();
  });
  for (const finished of held) finished();
  expect(order).toEqual(["first", "second", "added"]);
});
