import { describe, expect, it } from "vitest";
import { UsageError } from "../src/arguments.ts";
import { parseCommand } from "../src/cli.ts";
import { scenarios } from "../src/scenarios.ts";

describe("parseCommand", () => {
  it("runs everything for a modest time without arguments", () => {
    expect(parseCommand([])).toEqual({
      kind: "run",
      scenarios,
      runtime: undefined,
      only: undefined,
      base: undefined,
      rounds: 5,
      seconds: 2,
      warmUpSeconds: 1,
      repeats: 2,
      load: undefined,
      latency: false,
      allocations: false,
      json: undefined,
      resume: undefined,
      redo: false,
    });
  });

  it("adds to a file, and measures again what is named", () => {
    expect(parseCommand(["--resume", "f"])).toMatchObject({ kind: "run", resume: "f", redo: false });
    expect(parseCommand("hello --resume f --redo".split(" "))).toMatchObject({ resume: "f", redo: true });
  });

  it("takes the published runs, or some of them", () => {
    expect(parseCommand(["--published", "folder"])).toEqual({
      kind: "published",
      folder: "folder",
      scenarios,
      runtime: undefined,
      load: undefined,
      redo: false,
    });
    const some = parseCommand("hello --published folder --runtime node20 --load own --redo".split(" "));
    expect(some).toMatchObject({ runtime: "node20", load: "own", redo: true });
  });

  it("takes scenarios and options in any order, each scenario once", () => {
    const command = parseCommand(
      "chat-16 --runtime node26 hello --only bun,ws --base ws --rounds 7 --seconds 3 --warm-up 0 --repeats 4 --load own --latency --allocations --json f chat-16".split(
        " ",
      ),
    );
    if (command.kind !== "run") throw new Error("not a run");
    expect(command.scenarios.map((scenario) => scenario.name)).toEqual(["chat-16", "hello"]);
    expect(command).toMatchObject({
      runtime: "node26",
      only: ["bun", "ws"],
      base: "ws",
      rounds: 7,
      seconds: 3,
      warmUpSeconds: 0,
      repeats: 4,
      load: "own",
      latency: true,
      allocations: true,
      json: "f",
    });
  });

  it("compares with another commit", () => {
    const command = parseCommand(
      "--compare HEAD~5 hello ws-echo --rounds 3 --seconds 0.5 --json f".split(" "),
    );
    if (command.kind !== "compare") throw new Error("not a comparison");
    expect(command.scenarios.map((scenario) => scenario.name)).toEqual(["hello", "ws-echo"]);
    expect(command).toMatchObject({
      ref: "HEAD~5",
      rounds: 3,
      seconds: 0.5,
      warmUpSeconds: 1,
      repeats: 2,
      json: "f",
    });
  });

  it("makes a page of earlier runs", () => {
    expect(parseCommand(["--markdown", "a.json", "b.json", "--out", "x.md"])).toEqual({
      kind: "markdown",
      inputs: ["a.json", "b.json"],
      out: "x.md",
    });
    expect(parseCommand(["--help", "nonsense"])).toEqual({ kind: "help" });
  });

  const refused: [args: string, reason: string][] = [
    ["helo", 'there is no scenario "helo"; there are: hello,'],
    ["--only bunn", 'there is no contestant "bunn"; there are: mantou,'],
    ["--only bun,,ws", 'there is no contestant ""'],
    ["--base nginx", 'there is no contestant "nginx"'],
    ["--only bun --base ws", "--base ws is not among --only bun"],
    ["--runtime node18", '--runtime is node20, node22, node24, node26, not "node18"'],
    ["--rounds 0", '--rounds is a whole number from 1 to 100, not "0"'],
    ["--rounds 101", "--rounds is a whole number"],
    ["--rounds 1e1", '--rounds is a whole number from 1 to 100, not "1e1"'],
    ["--rounds -1", "--rounds"],
    ["--seconds 0", '--seconds is a number of tenths from 0.1 to 60, not "0"'],
    ["--seconds 0.25", '--seconds is a number of tenths from 0.1 to 60, not "0.25"'],
    ["--seconds", "--seconds"],
    ["--warm-up 61", "--warm-up is a whole number from 0 to 60"],
    ["--repeats 21", '--repeats is a whole number from 0 to 20, not "21"'],
    ["--load ab", '--load is wrk, own, not "ab"'],
    ["--quick", "--quick"],
    ["hello --compare", "--compare"],
    ["--compare=", "--compare needs a git commit"],
    ["--compare main --only mantou", "--only does not go with --compare"],
    ["--compare main --base bun", "--base does not go with --compare"],
    ["--compare main --latency", "--latency does not go with --compare"],
    ["--compare main --allocations", "--allocations does not go with --compare"],
    ["--compare main --resume f", "--resume does not go with --compare"],
    ["--resume f --json g", "--resume writes its own file, without --json"],
    ["--resume f --redo", "--redo needs the names of the scenarios"],
    ["hello --redo", "--redo goes with --resume FILE or --published"],
    ["--published=", "--published needs a folder"],
    ["--published f --rounds 3", "--rounds does not go with --published"],
    ["--published f --only mantou", "--only does not go with --published"],
    ["--published f --resume g", "--resume does not go with --published"],
    ["--published f --compare main", "--compare does not go with --published"],
    ["--compare main --out x.md", "--out goes with --markdown"],
    ["--compare main --markdown a.json", "--compare measures, --markdown does not"],
    ["--markdown", "--markdown needs the --json file"],
    ["--charts a.json", "--charts takes the page's own tables"],
    ["hello --out x.md", "--out goes with --markdown"],
  ];
  for (const [args, reason] of refused) {
    it(`refuses "${args}" and says why`, () => {
      let thrown: unknown;
      try {
        parseCommand(args.split(" "));
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(UsageError);
      expect((thrown as UsageError).message).toContain(reason);
    });
  }
});
