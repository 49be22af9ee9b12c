import { describe, expect, it } from "vitest";
import { HELP, parseArguments } from "../../src/cli/arguments.ts";

const run = { do: "run", file: "a.ts", port: undefined, hostname: undefined, reload: undefined, rest: [] };

describe("mantou's arguments", () => {
  it.each([
    ["a.ts", run],
    ["a.ts --port 80 --hostname ::1", { ...run, port: "80", hostname: "::1" }],
    ["--port=0 a.ts --hot", { ...run, port: "0", reload: "hot" }],
    ["--watch a.ts", { ...run, reload: "watch" }],
    ["a.ts b -- --c d", { ...run, rest: ["b", "--c", "d"] }],
    ["--help", { do: "help" }],
    ["a.ts -h", { do: "help" }],
    ["--version", { do: "version" }],
  ])("%s", (line, command) => {
    expect(parseArguments(line.split(" "))).toEqual(command);
  });

  it.each([
    ["", "file"],
    ["a.ts --bad", "--bad"],
    ["a.ts --port", "--port"],
    ["a.ts --port 65536", "--port"],
    ["a.ts --port=-1", "--port"],
    ["a.ts --port x", "--port"],
    ["a.ts --hot --watch", "--hot"],
  ])("%s is refused, naming %s", (line, name) => {
    const command = parseArguments(line.split(" ").filter((word) => word !== ""));
    expect(command.do).toBe("fail");
    expect((command as { message: string }).message).toContain(name);
  });

  it("are all in the help", () => {
    for (const name of ["--port", "--hostname", "--hot", "--watch", "--version", "--help"])
      expect(HELP).toContain(name);
  });
});
