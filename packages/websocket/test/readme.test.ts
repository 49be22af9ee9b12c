import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { ERRORS } from "../src/errors.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";

const root = new URL("..", import.meta.url);
const readme = await readFile(new URL("README.md", root), "utf8");
const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);

describe("README.md", () => {
  it("has examples", () => {
    expect(examples).toHaveLength(7);
    for (const example of examples) expect(example).toContain("assert");
  });

  // Inside the package, so that `@mantou/websocket` means what it means to its users: dist/.
  it.each(
    examples.map((example, i) => [i + 1, example] as const),
  )("example %d runs", async (number, example) => {
    const folder = new URL(".cache/readme/", root);
    await mkdir(folder, { recursive: true });
    const file = new URL(`example-${number}.ts`, folder);
    await writeFile(file, `${example}\nexport const finished = true;\n`);
    const ran: { finished?: boolean } = await import(
      /* @vite-ignore */ pathToFileURL(fileURLToPath(file)).href
    );
    expect(ran.finished).toBe(true);
  });

  it("lists the errors as errors.ts does", () => {
    const rows = Object.entries(ERRORS).map(
      ([code, { closeCode, message, rfc }]) => `| \`${code}\` | ${closeCode} | ${message} | ${rfc} |`,
    );
    const table = ["| Code | Close code | Message | Rule |", "|---|---|---|---|", ...rows].join("\n");
    expect(readme).toContain(`<!-- errors -->\n${table}\n<!-- /errors -->`);
  });

  it("lists the limits as limits.ts does", () => {
    const listed = [...readme.matchAll(/^\| `(\w+)` \| ([\d,]+)( MiB)? \|/gm)].map(
      ([, name, value, unit]) => [name, Number(value!.replaceAll(",", "")) * (unit ? 1024 * 1024 : 1)],
    );
    expect(Object.fromEntries(listed.filter(([name]) => String(name) in DEFAULT_LIMITS))).toEqual(
      DEFAULT_LIMITS,
    );
  });
});
