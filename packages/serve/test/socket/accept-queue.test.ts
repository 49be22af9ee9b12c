import { turns } from "@mantou/testing/wait";
import { expect, it } from "vitest";
import { whenQueueIsEmpty } from "../../src/socket/accept-queue.ts";

it("calls back behind some turns without a connection, once", async () => {
  let accepted = 0;
  let empty = 0;
  whenQueueIsEmpty(
    () => accepted,
    () => empty++,
  );
  for (let i = 0; i < 20; i++) {
    accepted++;
    await turns(1);
  }
  expect(empty).toBe(0);
  await turns(10);
  expect(empty).toBe(1);
});

it("can be ended", async () => {
  let empty = 0;
  const end = whenQueueIsEmpty(
    () => 0,
    () => empty++,
  );
  end();
  await turns(10);
  expect(empty).toBe(0);
});
