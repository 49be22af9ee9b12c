import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { project } from "./support/projects.ts";

const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code!);
const children: ReturnType<typeof spawn>[] = [];

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** Runs an example in a project that has installed the packages. @returns its first line that begins with `Listening` */
function run(code: string): Promise<string> {
  const dir = project({
    "public/index.html": "<title>Example</title><script src='../src/main.ts'></script>",
  });
  const modules = fileURLToPath(new URL("../node_modules", import.meta.url));
  mkdirSync(join(dir, "node_modules/@mantou"), { recursive: true });
  symlinkSync(join(modules, "vite"), join(dir, "node_modules/vite"));
  symlinkSync(join(modules, "@mantou/serve"), join(dir, "node_modules/@mantou/serve"));
  symlinkSync(fileURLToPath(new URL("..", import.meta.url)), join(dir, "node_modules/@mantou/html"));
  writeFileSync(join(dir, "example.js"), code);
  const child = spawn(process.execPath, [join(dir, "example.js")], { cwd: dir });
  children.push(child);
  return new Promise((resolve, reject) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes) => {
        output += String(bytes);
        const line = /^Listening.*$/m.exec(output)?.[0];
        if (line !== undefined) resolve(line);
      });
    }
    child.once("close", () => reject(new Error(output)));
  });
}

it("the README's first example serves its page at each of its routes", async () => {
  const address = (await run(examples[0]!)).replace("Listening on ", "");
  for (const path of ["", "app/any/thing"])
    expect(await (await fetch(address + path)).text()).toContain("<title>Example</title>");
  expect((await fetch(`${address}members`)).status).toBe(401);
  const member = await fetch(`${address}members`, { headers: { Authorization: "x" } });
  expect(await member.text()).toContain("/_mantou/src/main.ts");
});

it("the README's second example gets a module of Vite", async () => {
  expect(await run(examples[1]!)).toBe("Listening? 200");
});
