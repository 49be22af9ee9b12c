import { describe, expect, it } from "vitest";
import { attacks } from "../src/attacks.ts";
import { parseOptions, UsageError } from "../src/cli.ts";

const parse = (...args: string[]): ReturnType<typeof parseOptions> => parseOptions(args, () => 7);

describe("parseOptions", () => {
  it("attacks plain connections with Mantou's globals for a minute by default", () => {
    const { settings, only } = parse();
    expect(settings).toEqual({ transport: "handle", plain: false, seed: 7, budget: 60_000 });
    expect(only).toEqual([]);
  });

  it("takes what it is given", () => {
    const { settings, only } = parse(
      ...["--minutes", "0.5", "--transport", "tls", "--plain", "--seed=-3", "--only", "a", "--only", "b"],
    );
    expect(settings).toEqual({ transport: "tls", plain: true, seed: -3, budget: 30_000 });
    expect(only).toEqual(["a", "b"]);
  });

  it.each([
    [["--transport", "udp"], "--transport must be one of handle, stream, tls"],
    [["--minutes", "x"], '--minutes must be a number, not "x"'],
    [["--minutes", ""], '--minutes must be a number, not ""'],
    [["--minutes", "0"], "--minutes must be at least 0.1"],
    [["--seed", "1.5"], "--seed must be an integer"],
    [["--register"], "--register"],
    [["--nonsense"], "--nonsense"],
    [["word"], "word"],
  ])("refuses %j", (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });
});

it("has no two attacks of the same name", () => {
  expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
});
