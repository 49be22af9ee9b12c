import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";

// docs/architecture.md promises a reading order with every file that a request's bytes pass. Files are renamed now and then.

const packages = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(`../${path}`, packages), "utf8");
const document = read("docs/architecture.md");
const sources = new URL("serve/src/", packages);

const sectionOf = (title: string): string => document.split(`\n## ${title}\n`)[1]!.split("\n## ")[0]!;
/** What stands in backticks, pictures left out; a chain of files is one pair of backticks. */
const named = (text: string): string[] =>
  [...text.replaceAll(/```.*?```/gs, "").matchAll(/`([^`]+)`/g)].flatMap(([, words]) =>
    words!.split("→").map((word) => word.trim()),
  );

const path = ["One request", "One message"].map(sectionOf).join("\n");

describe("the reading order of docs/architecture.md", () => {
  it.each([
    "server",
    "workers",
    "resume",
    "websocket",
    "topics",
    "trace",
    "routing",
    "compress",
    "http",
    "socket",
    "proxy",
  ])("names every file of %s/", (room) => {
    const text = `${path}\n${sectionOf("The rooms of `serve`")}`;
    const words = new Set(named(text).map((word) => basename(word)));
    const files = readdirSync(new URL(`${room}/`, sources)).map((file) => basename(file, ".ts"));
    // A file that is named as its room's job: `serve()` is in server/serve.
    const missing = files.filter((file) => !words.has(file) && !words.has(`${file}()`));
    expect(missing).toEqual([]);
  });
});

describe("the paths of files of serve", () => {
  it.each(["docs/architecture.md", "README.md"])("exist: %s", (page) => {
    const rooms = readdirSync(sources, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    // Paths from `packages/` are checked by limits-table.test.ts.
    const names = named(read(page)).filter((word) =>
      rooms.some(({ name }) => word.startsWith(`${name}/`) && /^[\w-]+\/[\w-]+$/.test(word)),
    );
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !existsSync(new URL(`${name}.ts`, sources)))).toEqual([]);
  });
});
