import { turns } from "@mantou/testing/wait";
import { afterEach, beforeEach, expect } from "vitest";

/** Fails each test that leaves a rejected promise unhandled: outside of tests that ends the process. */
export function watchRejections(): void {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on("unhandledRejection", note);
  });
  afterEach(async () => {
    await turns(2);
    process.off("unhandledRejection", note);
    expect(unhandled, "rejections that end the process").toEqual([]);
  });
}
