import { afterEach, beforeEach, expect, vi } from "vitest";

/**
 * Keeps the server's error reports out of the log, and fails the test unless it `took` every one: an unexpected
 * error is a finding.
 */
export function captureErrors(): { readonly reports: unknown[]; take(): unknown } {
  const reports: unknown[] = [];
  beforeEach(() => {
    reports.length = 0;
    vi.spyOn(console, "error").mockImplementation((error: unknown) => void reports.push(error));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    expect(reports, "errors were reported that the test did not expect").toEqual([]);
  });
  return {
    reports,
    take(): unknown {
      expect(reports.length, "no error was reported").toBeGreaterThan(0);
      return reports.shift();
    },
  };
}
