import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Program } from "@mantou/testing/program";
import { afterAll, expect, it } from "vitest";
import { install } from "./support/installed.ts";
import { project } from "./support/projects.ts";

const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code!);
const programs: Program[] = [];

afterAll(() => {
  for (const program of programs) program.kill();
});

/** Runs an example in a project that has installed the packages. @returns what it prints behind `Listening` */
function run(code: string): Promise<string> {
  const dir = project({
    "public/index.html": "<title>Example</title><script src='../src/main.ts'></script>",
  });
  install(dir);
  writeFileSync(join(dir, "example.js"), code);
  const program = new Program({ args: ["example.js"], cwd: dir });
  programs.push(program);
  return program.listening();
}

it("the README's first example serves its page at each of its routes", async () => {
  const address = await run(examples[0]!);
  for (const path of ["", "app/any/thing"])
    expect(await (await fetch(address + path)).text()).toContain("<title>Example</title>");
  expect((await fetch(`${address}members`)).status).toBe(401);
  const member = await fetch(`${address}members`, { headers: { Authorization: "x" } });
  expect(await member.text()).toContain("/_mantou/src/main.ts");
});

it("the README's second example gets a module of Vite", async () => {
  expect(await run(examples[1]!)).toBe("? 200");
});
