import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { EXIT, HELP, runCommand } from "../src/command.ts";
import { TEMPLATES } from "../src/templates.ts";

const dir = tempDir();

/** Runs the command. `answers` are the lines of a user; without them there is none. */
async function create(args: readonly string[], answers?: readonly string[], userAgent?: string) {
  const lines = [...(answers ?? [])];
  const printed: string[] = [];
  const faults: string[] = [];
  const code = await runCommand(args, {
    print: (text) => void printed.push(text),
    complain: (text) => void faults.push(text),
    ask: answers === undefined ? null : () => Promise.resolve(lines.shift() ?? null),
    userAgent,
  });
  return { code, printed: printed.join("\n"), faults: faults.join("\n") };
}

describe("create-mantou", () => {
  it("has a folder for each template, and no other", () => {
    const folders = readdirSync(new URL("../templates", import.meta.url));
    expect(folders.sort()).toEqual(TEMPLATES.map(({ name }) => name).sort());
  });

  it.each(TEMPLATES.map(({ name }) => name))("makes %s by arguments alone", async (template) => {
    const folder = join(dir, `My App ${template}`);
    const { code, printed, faults } = await create([folder, "--template", template]);
    expect([code, faults]).toEqual([EXIT.created, ""]);
    expect(printed).toContain("npm install");
    const made = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      name: string;
      scripts: object;
      dependencies: Record<string, string>;
    };
    expect(made.name).toBe(`my-app-${template}`);
    expect(Object.keys(made.scripts)).toEqual(expect.arrayContaining(["dev", "start", "test"]));
    for (const [name, version] of Object.entries(made.dependencies)) {
      if (name.startsWith("@mantou/")) expect(version).toBe(`^${manifest.version}`);
    }
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toContain("node_modules");
    expect(existsSync(join(folder, "_gitignore"))).toBe(false);
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    for (const script of Object.keys(made.scripts)) expect(readme, script).toContain(script);
  });

  it("asks for what is missing, again after an answer that does not fit", async () => {
    const taken = join(dir, "taken");
    mkdirSync(taken);
    writeFileSync(join(taken, "a"), "");
    const cloned = join(dir, "asked");
    mkdirSync(join(cloned, ".git"), { recursive: true });
    const file = join(dir, "asked-file");
    writeFileSync(file, "");
    const asked = await create(
      [],
      [taken, file, join(file, "below"), cloned, "7", "nothing", "2"],
      "pnpm/12.0.0 node/v20",
    );
    expect(asked.code).toBe(EXIT.created);
    expect(asked.printed).toContain("taken is not empty");
    expect(asked.printed.split("asked-file is not a folder")).toHaveLength(3);
    expect(asked.printed).toContain('"7" is neither');
    expect(asked.printed).toContain('from the template "chat"');
    expect(asked.printed).toContain("pnpm install");
  });

  it("creates nothing if the user ends the input", async () => {
    const { code, faults } = await create([join(dir, "ended")], []);
    expect([code, faults]).toEqual([EXIT.failed, "Nothing was created."]);
    expect(existsSync(join(dir, "ended"))).toBe(false);
  });

  it.each([
    { args: ["a", "b"], says: "One folder, not 2: a b. Names with spaces need quotes." },
    { args: ["a", "chat"], says: "npm create mantou a -- --template chat" },
    { args: ["a", "--templat", "chat"], says: "--templat" },
    { args: ["a", "--template"], says: "--template" },
    { args: [], says: "a folder must be given" },
    { args: ["a"], says: "--template must be given" },
  ])("refuses $args, and prints its help", async ({ args, says }) => {
    const { code, faults } = await create(args);
    expect(code).toBe(EXIT.usage);
    expect(faults).toContain(says);
    expect(faults).toContain(HELP);
  });

  it("names the templates for one that does not exist", async () => {
    const { code, faults } = await create([join(dir, "unknown"), "-t", "vue"]);
    expect(code).toBe(EXIT.usage);
    expect(faults).toBe(
      'There is no template "vue". The templates are hello, chat, rest, react, hono, elysia.',
    );
    expect(existsSync(join(dir, "unknown"))).toBe(false);
  });

  it("leaves a folder with files alone, and takes one with .git", async () => {
    const full = join(dir, "full");
    mkdirSync(full);
    writeFileSync(join(full, "server.js"), "mine");
    const refused = await create([full, "-t", "hello"]);
    expect(refused.code).toBe(EXIT.failed);
    expect(refused.faults).toContain("is not empty: it has server.js");
    expect(readFileSync(join(full, "server.js"), "utf8")).toBe("mine");

    const cloned = join(dir, "cloned");
    mkdirSync(join(cloned, ".git"), { recursive: true });
    expect((await create([cloned, "-t", "hello"])).code).toBe(EXIT.created);
  });

  it("refuses a path that is a file", async () => {
    const file = join(dir, "file");
    writeFileSync(file, "");
    for (const path of [file, join(file, "below", "it")]) {
      const { code, faults } = await create([path, "-t", "hello"]);
      expect([code, faults]).toEqual([EXIT.failed, `${file} is not a folder. Choose a new folder.`]);
    }
  });

  it("prints its help", async () => {
    expect(await create(["--help"])).toEqual({ code: 0, printed: HELP, faults: "" });
  });
});
