import { afterEach, expect, it, vi } from "vitest";
import { logError } from "../../src/errors/log.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

it("tells the log, also of what cannot be printed", () => {
  const printed: unknown[] = [];
  vi.spyOn(console, "error").mockImplementation((error: unknown) => {
    if (error instanceof Error && typeof error.name === "symbol") throw new TypeError("unprintable");
    printed.push(error);
  });
  const boom = new Error("boom");
  logError(boom);
  logError(Object.assign(new Error("odd"), { name: Symbol("odd") }));
  expect(printed).toEqual([boom, "An error was thrown that cannot be printed"]);
});
