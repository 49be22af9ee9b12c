import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/arguments.ts";
import { parseStartupCommand } from "../../src/startup/cli.ts";
import { startupContestants } from "../../src/startup/contestants.ts";

describe("parseStartupCommand", () => {
  it("starts every contestant 20 times without arguments", () => {
    expect(parseStartupCommand([])).toEqual({
      kind: "run",
      contestants: startupContestants,
      runtime: undefined,
      rounds: 20,
      json: undefined,
    });
  });

  it("takes contestants and options in any order", () => {
    const command = parseStartupCommand("node --rounds 2 --runtime node22 mantou node --json f".split(" "));
    if (command.kind !== "run") throw new Error("not a run");
    expect(command.contestants.map(({ name }) => name)).toEqual(["node", "mantou"]);
    expect(command).toMatchObject({ runtime: "node22", rounds: 2, json: "f" });
  });

  it("makes a section of earlier runs", () => {
    expect(parseStartupCommand(["--markdown", "a.json", "--out", "x.md"])).toEqual({
      kind: "markdown",
      inputs: ["a.json"],
      out: "x.md",
    });
    expect(parseStartupCommand(["-h"])).toEqual({ kind: "help" });
  });

  it.each([
    ["deno", 'there is no contestant "deno"; there are: mantou,'],
    ["--rounds 0", "--rounds is a whole number from 1 to 1000"],
    ["--markdown", "--markdown needs the --json file"],
    ["--out x.md", "--out goes with --markdown"],
    ["--connections 5", "--connections"],
  ])('refuses "%s" and says why', (args, reason) => {
    const parse = (): unknown => parseStartupCommand(args.split(" "));
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(reason);
  });
});
