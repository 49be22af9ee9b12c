import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/arguments.ts";
import { parseProfileCommand } from "../../src/profile/cli.ts";

describe("parseProfileCommand", () => {
  it("takes Mantou, Bun and the limits", () => {
    const command = parseProfileCommand(["hello"]);
    if (command.kind !== "run") throw new Error("not a run");
    expect(command.scenarios.map(({ name }) => name)).toEqual(["hello"]);
    expect(command).toMatchObject({
      only: ["mantou", "bun", "raw", "raw-tls"],
      runtime: undefined,
      seconds: 4,
      top: 8,
      out: undefined,
    });
  });

  it("takes scenarios and options in any order, each scenario once", () => {
    const args = "hello --only mantou,ws --runtime node26 ws-echo --seconds 9 --top 0 hello --out p.md".split(
      " ",
    );
    const command = parseProfileCommand(args);
    if (command.kind !== "run") throw new Error("not a run");
    expect(command.scenarios.map(({ name }) => name)).toEqual(["hello", "ws-echo"]);
    expect(command).toMatchObject({
      only: ["mantou", "ws"],
      runtime: "node26",
      seconds: 9,
      top: 0,
      out: "p.md",
    });
    expect(parseProfileCommand(["-h"])).toEqual({ kind: "help" });
  });

  it.each([
    ["--seconds 4", "which scenarios?"],
    ["hallo", 'there is no scenario "hallo"'],
    ["hello --only nobody", 'there is no contestant "nobody"'],
    ["hello --seconds 0", "--seconds is a whole number from 1 to 60"],
    ["hello --runtime node18", "--runtime is node20"],
    ["hello --rounds 2", "--rounds"],
  ])('refuses "%s" and says why', (args, reason) => {
    const parse = (): unknown => parseProfileCommand(args.split(" "));
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(reason);
  });
});
