import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/arguments.ts";
import { parseIdleCommand } from "../../src/idle/cli.ts";
import { idleContestants } from "../../src/idle/contestants.ts";

describe("parseIdleCommand", () => {
  it("weighs every server with 10,000 connections without arguments", () => {
    expect(parseIdleCommand([])).toEqual({
      kind: "run",
      contestants: idleContestants,
      runtime: undefined,
      rounds: 3,
      connections: 10_000,
      talking: 1_000,
      settleSeconds: 3,
      json: undefined,
    });
  });

  it("takes contestants and options in any order; no more can talk than there are", () => {
    const command = parseIdleCommand(
      "ws --connections 50 --runtime node20 mantou --rounds 2 --settle 0 ws --json f".split(" "),
    );
    if (command.kind !== "run") throw new Error("not a run");
    expect(command.contestants.map(({ name }) => name)).toEqual(["ws", "mantou"]);
    expect(command).toMatchObject({
      runtime: "node20",
      rounds: 2,
      connections: 50,
      talking: 50,
      settleSeconds: 0,
      json: "f",
    });
  });

  it("makes a section of earlier runs", () => {
    expect(parseIdleCommand(["--markdown", "a.json", "--out", "x.md"])).toEqual({
      kind: "markdown",
      inputs: ["a.json"],
      out: "x.md",
    });
    expect(parseIdleCommand(["-h"])).toEqual({ kind: "help" });
  });

  for (const [args, reason] of [
    ["deno", 'there is no contestant "deno"; there are: mantou,'],
    ["--connections 0", "--connections is a whole number from 1 to 25000"],
    ["--connections 25001", "--connections"],
    ["--talking many", "--talking is a whole number"],
    ["--settle 61", "--settle is a whole number from 0 to 60"],
    ["--markdown", "--markdown needs the --json file"],
    ["--out x.md", "--out goes with --markdown"],
    ["--only ws", "--only"],
  ] as const) {
    it(`refuses "${args}" and says why`, () => {
      const parse = (): unknown => parseIdleCommand(args.split(" "));
      expect(parse).toThrow(UsageError);
      expect(parse).toThrow(reason);
    });
  }
});
