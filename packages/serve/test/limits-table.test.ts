import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

// The tables of docs/architecture.md under "What is kept for a peer" name files, limits and tests, which are renamed now and then.

const packages = new URL("../../", import.meta.url);
const document = readFileSync(new URL("../docs/architecture.md", packages), "utf8");
const [, section = ""] = document.split("\n## What is kept for a peer\n");
const rows = section
  .split("\n## ")[0]!
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| kept |"))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));

const read = (path: string): string => readFileSync(new URL(path, packages), "utf8");
const allOf = (text: string, pattern: RegExp): RegExpExecArray[] => [...text.matchAll(pattern)];

/** Which of the names in backticks stand in none of the files. */
function missingLimits(cells: readonly string[], sources: readonly string[]): string[] {
  return allOf(cells.join(" "), /`(\w+)`/g)
    .map(([, name]) => name!)
    .filter(
      (name) => !OPTIONS.has(name) && !sources.some((source) => new RegExp(`\\b${name}\\b`).test(source)),
    );
}

/** What `serve()` and `fetch` call them: no constants. */
const OPTIONS: ReadonlySet<string> = new Set([
  "idleTimeout",
  "maxRequestBodySize",
  "minBodyRate",
  "requestTimeout",
  "headersTimeout",
  "backpressureLimit",
  "maxPayloadLength",
  "bufferedAmount",
]);

describe("the tables of limits", () => {
  it("are found", () => expect(rows.length).toBeGreaterThan(40));

  it.each(
    rows.map((row) => [row[0]!, row] as const),
  )("know where their limits and tests are: %s", (_, row) => {
    expect(row.length).toBe(6);
    const [, files = "", bytes = "", pieces = "", , tests = ""] = row;
    const paths = allOf(files, /`([^`]+)`/g).map(([, path]) => path!);
    expect(paths).not.toEqual([]);
    expect(paths.filter((path) => !existsSync(new URL(path, packages)))).toEqual([]);
    expect(missingLimits([bytes, pieces], paths.map(read))).toEqual([]);
    const cited = allOf(tests, /`([^`]+)`: "([^"]+)"/g).map(([, path, title]) => ({
      path: path!,
      title: title!,
    }));
    expect(
      cited.filter(
        ({ path, title }) => !existsSync(new URL(path, packages)) || !read(path).includes(`"${title}"`),
      ),
    ).toEqual([]);
    // Nothing is cited in a way that is not checked.
    expect(allOf(tests, /\.ts/g).length).toBe(cited.length);
  });
});
