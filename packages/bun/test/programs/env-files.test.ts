// biome-ignore-all lint/suspicious/noTemplateCurlyInString: files of the environment write references so
import { describe } from "vitest";
import { itRunsAsOnBun, type ProgramCase } from "../support/program-cases.ts";

/** Prints the variables whose names begin with `V_`. */
const SHOW = `const names = Object.keys(process.env).filter((name) => name.startsWith("V_")).sort();
  console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, process.env[name]]))));`;

function shows(
  name: string,
  files: Readonly<Record<string, string>>,
  variables: object,
  more: Partial<ProgramCase> = {},
): ProgramCase {
  return { name, files: { "main.ts": SHOW, ...files }, prints: JSON.stringify(variables), ...more };
}

/** A file of each kind, which sets one variable of its own, and others that the files below it set, too. */
function filesOf(mode: string): Record<string, string> {
  return {
    ".env": "V_A=env\nV_B=env\nV_C=env\nV_D=env",
    [`.env.${mode}`]: "V_A=mode\nV_B=mode\nV_C=mode",
    ".env.local": "V_A=local\nV_B=local\nV_L=local",
    [`.env.${mode}.local`]: "V_A=mode.local",
  };
}

const all = { V_A: "mode.local", V_B: "local", V_C: "mode", V_D: "env", V_L: "local" };

describe("the files of the environment", () => {
  itRunsAsOnBun([
    shows("are those of development", filesOf("development"), all),
    shows("are those of production", filesOf("production"), all, { env: { NODE_ENV: "production" } }),
    shows(
      "are without .env.local in a test",
      filesOf("test"),
      { V_A: "mode.local", V_B: "mode", V_C: "mode", V_D: "env" },
      { env: { NODE_ENV: "test" } },
    ),
    shows("are those of development for another mode", filesOf("development"), all, {
      env: { NODE_ENV: "staging" },
    }),
    shows("are those of BUN_ENV before NODE_ENV", filesOf("production"), all, {
      env: { BUN_ENV: "production", NODE_ENV: "test" },
    }),
    shows(
      "do not change the mode",
      { ".env": "NODE_ENV=production\nV_A=1", ".env.production": "V_A=2" },
      {
        V_A: "1",
      },
    ),
    shows(
      "do not replace variables that are there, empty ones neither",
      { ".env": "V_A=1\nV_B=2\nV_C=$V_A" },
      { V_A: "real", V_B: "", V_C: "real" },
      { env: { V_A: "real", V_B: "" } },
    ),
    shows(
      "are those of the working directory",
      { ".env": "V_A=1", "sub/main.ts": SHOW, "sub/.env": "V_A=2" },
      {
        V_A: "1",
      },
      { args: ["sub/main.ts"] },
    ),
    shows(
      "are those of --cwd",
      { ".env": "V_A=1", "sub/main.ts": SHOW, "sub/.env": "V_A=2" },
      { V_A: "2" },
      { args: ["--cwd", "sub", "main.ts"] },
    ),
    shows(
      "may be named",
      { ".env": "V_A=1", f: "V_B=2" },
      { V_B: "2" },
      { args: ["--env-file", "f", "main.ts"] },
    ),
    shows(
      "may be several, of which the last counts",
      { f: "V_A=f\nV_B=f\nV_C=f", g: "V_B=g\nV_C=g", h: "V_C=h\nV_D=$V_C" },
      { V_A: "f", V_B: "g", V_C: "h", V_D: "h" },
      { args: ["--env-file=f", "--env-file", "g", "--env-file=h", "main.ts"] },
    ),
    shows("may be left out", { ".env": "V_A=1" }, {}, { args: ["--no-env-file", "main.ts"] }),
    shows("may be left out by bunfig.toml", { ".env": "V_A=1", "bunfig.toml": "env = false" }, {}),
    shows(
      "that are named are read, too, where they are left out",
      { f: "V_A=1", "bunfig.toml": "env = false" },
      {
        V_A: "1",
      },
      { args: ["--no-env-file", "--env-file=f", "main.ts"] },
    ),
    shows(
      "are left out for what a script calls node, under --bun, as on Node.js",
      { ".env": "V_A=1", "package.json": '{"scripts":{"show":"node main.ts"}}' },
      {},
      { args: ["--bun", "run", "show"] },
    ),
    shows(
      "that are named for node are read, under --bun, too",
      { ".env": "V_A=1", f: "V_B=2", "package.json": '{"scripts":{"show":"node --env-file=f main.ts"}}' },
      { V_B: "2" },
      { args: ["--bun", "run", "show"] },
    ),
    shows("may be a directory, which is none of them", { ".env/bin/python": "" }, {}),
    shows(
      "have quotes, comments, escapes, several lines and references",
      {
        ".env": [
          "# a comment",
          "export V_A=plain text # comment",
          "V_B='single $V_A \\n'",
          'V_C="double\\nlines"',
          "V_D=`back",
          "ticks`",
          "V_E=${V_A}/$V_C_/${V_NONE:-default}/\\$V_A",
          "V_F: colon",
          "not an assignment",
          "V_G=",
          "V_H=a#b",
        ].join("\n"),
      },
      {
        V_A: "plain text",
        V_B: "single plain text \\n",
        V_C: "double\nlines",
        V_D: "back\nticks",
        V_E: "plain text//default/$V_A",
        V_F: "colon",
        V_G: "",
        V_H: "a",
      },
    ),
    {
      name: "are one object",
      files: {
        "main.ts": `import { env } from "bun";
          process.env.V_A += "!";
          console.log(Bun.env === process.env, env === process.env, Bun.env.V_A);`,
        ".env": "V_A=1",
      },
      prints: "true true 1!",
    },
  ]);
});
