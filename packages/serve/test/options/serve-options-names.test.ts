import { describe, expect, it } from "vitest";
import { checkOptionNames, OPTION_NAMES } from "../../src/options/serve-options.ts";

describe("OPTION_NAMES", () => {
  it("are the names that serve() takes, and that its refusal of others lists", () => {
    expect(OPTION_NAMES.size).toBeGreaterThan(15);
    for (const name of OPTION_NAMES)
      expect(() => checkOptionNames({ [name]: undefined }), name).not.toThrow();
    const refusal = `serve() has no option "no option"; its options are ${[...OPTION_NAMES].join(", ")}`;
    expect(() => checkOptionNames({ "no option": 1 })).toThrow(refusal);
  });
});
