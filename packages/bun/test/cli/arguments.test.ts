import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { ABSENT_COMMANDS, HELP } from "../../src/cli/help.ts";

/** The command, with those settings that are not as they are without options. */
function parsed(line: string): object {
  const command = parseArguments(line.split(" ").filter((word) => word !== ""));
  if (!("settings" in command)) return command;
  const plain = parseArguments(["a.ts"]) as { settings: object };
  const { settings, ...rest } = command;
  const usual = Object.entries(plain.settings).map(([key, value]) => [key, JSON.stringify(value)]);
  const changed = Object.entries(settings).filter(
    ([key, value]) => JSON.stringify(value) !== usual.find(([name]) => name === key)![1],
  );
  return { ...rest, ...Object.fromEntries(changed) };
}

const run = { do: "run", target: "a.ts", isRun: false, rest: [] };
const evaluate = { do: "evaluate", code: "1", prints: false, rest: [] };

describe("mantou's arguments", () => {
  it.each<[string, object]>([
    ["a.ts", run],
    ["a.ts --port 80 -h --hot", { ...run, rest: ["--port", "80", "-h", "--hot"] }],
    ["a.ts -- --c -- d", { ...run, rest: ["--c", "--", "d"] }],
    ["-- a.ts b", { ...run, rest: ["b"] }],
    ["--port 80 --hostname ::1 a.ts", { ...run, port: "80", hostname: "::1" }],
    ["--port=0 --hot a.ts", { ...run, port: "0", reload: "hot" }],
    ["--watch --no-clear-screen a.ts", { ...run, reload: "watch", clearsScreen: false }],
    ["run a.ts x", { ...run, isRun: true, rest: ["x"] }],
    ["--silent run --if-present a.ts", { ...run, isRun: true, isSilent: true, ifPresent: true }],
    ["run test", { ...run, isRun: true, target: "test" }],
    ["-r ./x -r./y --import=./z --require u a.ts", { ...run, preload: ["./x", "./y", "./z", "u"] }],
    ["--define A=1 -d process.env.B:2=3 a.ts", { ...run, define: { A: "1", "process.env.B": "2=3" } }],
    ["--env-file=a,b --env-file c a.ts", { ...run, envFiles: ["a,b", "c"] }],
    ["--no-env-file --cwd d -c e a.ts", { ...run, readsEnvFiles: false, cwd: "d", config: "e" }],
    ["-b --smol -i --install=auto a.ts", { ...run, replacesNode: true }],
    [
      "--inspect --conditions x --title=y a.ts",
      { ...run, node: ["--inspect", "--conditions=x", "--title=y"] },
    ],
    ["--inspect=0 a.ts", { ...run, node: ["--inspect=0"] }],
    ["-e 1 a b", { ...evaluate, rest: ["a", "b"] }],
    ["--eval=1 --hot -- --b", { ...evaluate, reload: "hot", rest: ["--b"] }],
    ["-p 1 run", { ...evaluate, prints: true, rest: ["run"] }],
    ["-pe 1", { ...evaluate, prints: true }],
    ["- a", { ...evaluate, code: null, rest: ["a"] }],
    ["run - a", { ...evaluate, code: null, rest: ["a"] }],
    ["", { do: "help" }],
    ["run", { do: "help" }],
    ["--help a.ts", { do: "help" }],
    ["-v", { do: "version" }],
    ["--revision", { do: "revision" }],
  ])("%s", (line, command) => {
    expect(parsed(line)).toEqual(command);
  });

  it.each([
    ["--bad a.ts", "--bad"],
    ["-x a.ts", "-x"],
    ["-bx a.ts", "-x"],
    ["--port", "--port"],
    ["--port 65536 a.ts", "--port"],
    ["--port=-1 a.ts", "--port"],
    ["--port x a.ts", "--port"],
    ["--hot=1 a.ts", "--hot"],
    ["--hot --watch a.ts", "--hot"],
    ["--define A a.ts", "--define"],
    ["--insecure-http-parser a.ts", "--insecure-http-parser"],
    ["-e", "--eval"],
  ])("%s is refused, naming %s", (line, name) => {
    const command = parsed(line) as { do: string; message: string };
    expect(command.do).toBe("fail");
    expect(command.message).toContain(name);
  });

  it("know each command of Bun that is not there", () => {
    for (const [name, instead] of ABSENT_COMMANDS)
      expect(parsed(`${name} x`)).toEqual({ do: "absent", name, instead, rest: ["x"] });
  });

  it("are all in the help", () => {
    const names = "port hostname hot watch no-clear-screen preload require import eval print define env-file";
    const more = "no-env-file cwd config silent if-present bun version revision help smol install";
    for (const name of `${names} ${more}`.split(" ")) expect(HELP).toContain(`--${name}`);
  });
});
