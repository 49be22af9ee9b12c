import { describe, expect, it } from "vitest";
import { checkOptionNames, pickOptions, resolveOptions } from "../../src/options/serve-options.ts";

/** The names that `serve` says it knows. */
function knownNames(): string[] {
  try {
    checkOptionNames({ "no option": 1 });
  } catch (error) {
    return (error as Error).message.split("; its options are ")[1]!.split(", ");
  }
  return [];
}

describe("pickOptions", () => {
  it("takes every option that serve() takes, and nothing else", () => {
    const names = knownNames();
    expect(names.length).toBeGreaterThan(15);
    const options = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
    expect(pickOptions({ ...options, scheduled: () => {}, "no option": 1 })).toEqual(options);
    for (const name of names) expect(() => checkOptionNames({ [name]: undefined }), name).not.toThrow();
  });

  it("takes what is inherited or computed, and makes something that serve() checks", () => {
    class App {
      get maxRequestBodySize(): number {
        return -1;
      }
      fetch(): void {}
    }
    const picked = pickOptions(new App());
    expect(Object.keys(picked).sort()).toEqual(["fetch", "maxRequestBodySize"]);
    expect(() => resolveOptions(picked as Parameters<typeof resolveOptions>[0])).toThrow(
      "maxRequestBodySize",
    );
  });
});
