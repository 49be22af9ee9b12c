import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/arguments.ts";
import { cases } from "../../src/micro/cases.ts";
import { parseMicroCommand } from "../../src/micro/cli.ts";
import { contestants } from "../../src/micro/parsers.ts";

describe("parseMicroCommand", () => {
  it("runs everything without arguments", () => {
    expect(parseMicroCommand([])).toEqual({
      kind: "run",
      cases,
      contestants,
      runtime: undefined,
      rounds: 5,
      window: 300,
      warmUp: 200,
      json: undefined,
    });
  });

  it("takes cases and options in any order, each once, and contestants in the order given", () => {
    const command = parseMicroCommand(
      "tiny --runtime node26 browser --only node,mantou,node --rounds 7 --window 50 --warm-up 0 --json f tiny".split(
        " ",
      ),
    );
    if (command.kind !== "run") throw new Error("not a run");
    expect(command.cases.map(({ name }) => name)).toEqual(["tiny", "browser"]);
    expect(command.contestants.map(({ name }) => name)).toEqual(["node", "mantou"]);
    expect(command).toMatchObject({ runtime: "node26", rounds: 7, window: 50, warmUp: 0, json: "f" });
  });

  it("makes a section of earlier runs", () => {
    expect(parseMicroCommand(["--markdown", "a.json", "--out", "x.md"])).toEqual({
      kind: "markdown",
      inputs: ["a.json"],
      out: "x.md",
    });
    expect(parseMicroCommand(["--help", "nonsense"])).toEqual({ kind: "help" });
  });

  it.each([
    ["tinny", 'there is no case "tinny"'],
    ["--only mantou,,node", 'there is no contestant ""'],
    ["--runtime node18", "--runtime is node20, node22, node24, node26"],
    ["--rounds 0", "--rounds is a whole number from 1 to 100"],
    ["--window 19", "--window is a whole number from 20 to 10000"],
    ["--warm-up 1e3", "--warm-up is a whole number from 0 to 10000"],
    ["--markdown", "--markdown needs the --json file of a run"],
    ["--out x.md", "--out goes with --markdown"],
    ["--seconds 3", "Unknown option '--seconds'"],
  ])("refuses %s", (args, reason) => {
    expect(() => parseMicroCommand(args.split(" "))).toThrow(UsageError);
    expect(() => parseMicroCommand(args.split(" "))).toThrow(reason);
  });
});
