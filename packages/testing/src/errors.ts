import { afterEach, beforeEach, expect, vi } from "vitest";

/**
 * Keeps the server's error reports out of the log, and fails the test unless it `took` every one: an unexpected
 * error is a finding.
 */
export function captureErrors(): {
  readonly reports: unknown[];
  /** The work that failed, of each report, such as `GET /users`. */
  readonly places: string[];
  take(): unknown;
} {
  const reports: unknown[] = [];
  const places: string[] = [];
  beforeEach(() => {
    reports.length = 0;
    places.length = 0;
    vi.spyOn(console, "error").mockImplementation((...printed: unknown[]) => {
      reports.push(printed.at(-1));
      places.push(printed.length > 1 ? String(printed[1]) : "");
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    expect(reports, "errors were reported that the test did not expect").toEqual([]);
  });
  return {
    reports,
    places,
    take(): unknown {
      expect(reports.length, "no error was reported").toBeGreaterThan(0);
      return reports.shift();
    },
  };
}
