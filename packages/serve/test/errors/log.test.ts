import { format } from "node:util";
import { afterEach, expect, it, vi } from "vitest";
import { logError } from "../../src/errors/log.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** The arguments of each line. */
function captureLog(): unknown[][] {
  const printed: unknown[][] = [];
  vi.spyOn(console, "error").mockImplementation((...line: unknown[]) => {
    const error = line.at(-1);
    if (error instanceof Error && typeof error.name === "symbol") throw new TypeError("unprintable");
    printed.push(line);
  });
  return printed;
}

const odd = Object.assign(new Error("odd"), { name: Symbol("odd") });

it("tells the log, also of what cannot be printed", () => {
  const printed = captureLog();
  const boom = new Error("boom");
  logError(boom);
  logError(odd);
  expect(printed).toEqual([[boom], ["An error was thrown that cannot be printed"]]);
});

it("is silent where there is no log", () => {
  vi.spyOn(console, "error").mockImplementation(() => {
    throw new Error("no log");
  });
  logError(new Error("boom"));
});

it("names the work that failed, in which nothing is a format", () => {
  const printed = captureLog();
  logError("text", "GET /%s%o");
  logError(odd, "GET /a");
  expect(format(...printed[0]!)).toBe("GET /%s%o: text");
  expect(format(...printed[1]!)).toBe("GET /a: An error was thrown that cannot be printed");
});
