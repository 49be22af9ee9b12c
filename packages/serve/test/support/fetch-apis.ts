import { describe, expect, it } from "vitest";
import { Headers } from "../../src/fetch/headers.ts";
import { platform } from "../../src/fetch/platform.ts";
import { Response } from "../../src/fetch/response.ts";

/** The constructors that are under test, and those they are compared with. */
export interface FetchAPI {
  readonly Headers: typeof globalThis.Headers;
  readonly Response: typeof globalThis.Response;
}

export const ours: FetchAPI = {
  Headers: Headers as unknown as FetchAPI["Headers"],
  Response: Response as unknown as FetchAPI["Response"],
};

export { platform };

/** One thing that the standard says: what is done, and what comes of it. */
export type Case = readonly [title: string, act: (api: FetchAPI) => unknown, expected: unknown];

/** An expected result: an error of this name is thrown, or the promise is rejected with it. */
export function throws(name: string): { readonly throws: string } {
  return { throws: name };
}

/** What an action comes to, so that it can be compared: its value, awaited, or the name of its error. */
export async function outcome(act: () => unknown): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    return throws((error as Error).name);
  }
}

/** The platform under a test that does to it what is done to ours; for arguments that the types forbid. */
export function untyped<T>(value: unknown): T {
  return value as T;
}

/** Runs each case on ours and on the platform's: it is the judge of whether the case is right. */
export function describeCases(title: string, cases: readonly Case[]): void {
  describe.each([
    ["ours", ours],
    ["the platform's", platform],
  ] as const)(`${title}, %s`, (_, api) => {
    it.each(cases)("%s", async (_title, act, expected) => {
      expect(await outcome(() => act(api))).toEqual(expected);
    });
  });
}
