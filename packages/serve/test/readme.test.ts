import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { serve } from "../src/plain.ts";

const here = dirname(fileURLToPath(import.meta.url));
const readme = readFileSync(join(here, "../README.md"), "utf8");
const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);

// Inside the package, so that the examples import it, as built, by its own name.
const directory = mkdtempSync(join(here, ".readme-"));
const files = examples.map((code, index) => {
  const file = join(directory, `example-${index + 1}.ts`);
  writeFileSync(file, code);
  return file;
});

afterAll(() => rmSync(directory, { recursive: true }));

describe("the README's examples", () => {
  it("are there, and each asserts something", () => {
    expect(examples.length).toBeGreaterThanOrEqual(7);
    for (const code of examples) expect(code).toContain("assert.");
  });

  // In their order: the one that registers is the last.
  it.each(
    files.map((file) => [basename(file), file]),
  )("%s runs, and its assertions hold", async (_, file) => {
    const error = vi.spyOn(console, "error");
    await import(pathToFileURL(file).href);
    expect(error).not.toHaveBeenCalled();
    error.mockRestore();
  });

  it.each([
    ["Node.js", ["es2023"]],
    ["browsers", ["esnext", "dom", "dom.iterable", "dom.asynciterable"]],
  ])("are well typed with the types of %s", (_, lib) => {
    const config = join(directory, "tsconfig.json");
    // What we declare is checked, too, unless it is Node.js's own types that do not go together with others.
    const compilerOptions = { lib, skipLibCheck: lib.length > 1 };
    writeFileSync(
      config,
      JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"] }),
    );
    const require = createRequire(import.meta.url);
    const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
    execFileSync(process.execPath, [tsc, "-p", config], { encoding: "utf8" });
  });
});

describe("the README's tables", () => {
  const section = (title: string): string => readme.split(`\n## ${title}\n`)[1]!.split("\n## ")[0]!;
  const listed = (text: string): string[] =>
    [...text.matchAll(/^\| (`.*?) \| /gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`(\w+)/g)].map(([, name]) => name!),
    );

  it("list every member of a server", async () => {
    const server = serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    await server.stop();
    for (const name of listed(section("Server"))) expect(name in server, name).toBe(true);
  });

  it("list options that are known: each is refused when it is ill-typed", () => {
    const [options, websocket] = section("Options").split("In `websocket`");
    const handlers = { port: 0, hostname: "127.0.0.1", fetch: () => new Response() };
    const start = serve as unknown as (options: object) => unknown;
    for (const name of listed(options!)) {
      if (name === "id") continue;
      expect(() => start({ ...handlers, [name]: Symbol("no") }), name).toThrow(new RegExp(name));
    }
    for (const name of listed(websocket!)) {
      if (name === "data") continue;
      expect(() => start({ ...handlers, websocket: { [name]: Symbol("no") } }), name).toThrow(
        new RegExp(name),
      );
    }
  });
});
