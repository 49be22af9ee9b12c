import { realpathSync } from "node:fs";
import { callInBun, findBun } from "@mantou/testing/bun";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { FileSystemRouter } from "../../src/global/files/file-system-router.ts";

const dir = realpathSync(tempDir());
const PAGES = [
  "index.tsx",
  "settings.tsx",
  "blog/[slug].tsx",
  "blog/index.tsx",
  "a/[id]/[x].js",
  "readme.md",
];
const files = [...PAGES, "shop/[...rest].ts", "docs/[[...path]].ts", "x/y.mjs", "x/[q].cjs"];
fill(dir, Object.fromEntries(files.map((file) => [`pages/${file}`, ""])));

/** What a router says of many paths. Bun runs it, too. */
function routed(Router: typeof FileSystemRouter, pages: string): unknown[] {
  const options = {
    style: "nextjs",
    dir: pages,
    origin: "https://h.com/",
    assetPrefix: "_next/static/",
  } as const;
  const router = new Router(options);
  const paths = [
    "/",
    "",
    "/settings?foo=bar",
    "/settings/",
    "//settings",
    "/blog",
    "/blog/",
    "/blog/a-b",
    "/blog/a%20b",
  ];
  const more = [
    "/shop/1/2/3",
    "/shop",
    "/docs",
    "/docs/a",
    "/docs/a/b/",
    "/a/1/2?id=9&q=1&q=2&z",
    "/a/1",
    "/x/y",
    "/x/z",
  ];
  const rest = ["/none", "settings", "?a=1", "https://other.com/blog/q?r=1", "/readme"];
  const shown = [...paths, ...more, ...rest].map((path) => {
    const found = router.match(path);
    if (found === null) return [path, null];
    const { name, kind, filePath, pathname, params, query, src, scriptSrc } = found;
    return [path, name, kind, filePath, pathname, { ...params }, { ...query }, src, scriptSrc];
  });
  const names = Object.keys(router.routes).sort();
  const plain = new Router({ style: "nextjs", dir: pages, fileExtensions: [".md"], assetPrefix: "p/" });
  const failures = [undefined, { dir: pages }, { style: "nextjs" }, { style: "other", dir: pages }].map(
    (given) => {
      try {
        return [new Router(given as never)];
      } catch (error) {
        const { name, message, code } = error as Error & { code: string };
        return [name, message, code];
      }
    },
  );
  return [
    ...shown,
    names,
    router.origin,
    router.assetPrefix,
    router.style,
    plain.match("/readme")?.src,
    ...failures,
  ];
}

const bun = process.env["MANTOU_FULL"] === "1" ? findBun() : null;

describe("Bun.FileSystemRouter", () => {
  const router = new FileSystemRouter({ style: "nextjs", dir: `${dir}/pages` });
  const names = (...paths: string[]): unknown[] => paths.map((path) => router.match(path)?.name ?? null);

  it("finds the most specific file of a path", () => {
    expect(names("/", "/blog", "/blog/x", "/x/y", "/x/z", "/shop/1/2", "/shop", "/docs", "/docs/1")).toEqual([
      ...["/", "/blog", "/blog/[slug]", "/x/y", "/x/[q]", "/shop/[...rest]", null, "/docs/[[...path]]"],
      "/docs/[[...path]]",
    ]);
    expect(router.match("/a/1/2?id=9&q=3")).toMatchObject({
      ...{ params: { id: "1", x: "2" }, query: { id: "1", x: "2", q: "3" }, src: "a/[id]/[x].js" },
    });
    expect(router.match(new Request("http://h/blog/q"))?.params).toEqual({ slug: "q" });
    expect(router.match("/blog/a%2Fb?q=a%26b+c")).toMatchObject({ query: { slug: "a/b", q: "a&b c" } });
    expect(names("/blog/__proto__", "/constructor", "/a/1")).toEqual(["/blog/[slug]", null, null]);
  });

  it("takes any path of a client: bytes that are not UTF-8, and percent signs that begin no escape", () => {
    const slugOf = (path: string): unknown => router.match(path)?.params["slug"];
    expect(["/blog/%ff", "/blog/x%ffy%c3%a9", "/blog/%c3"].map(slugOf)).toEqual([
      "\ufffd",
      "x\ufffdyé",
      "\ufffd",
    ]);
    expect(["/blog/%", "/blog/%zz", "/blog/50%25%", "/blog/%E0%A4%A"].map(slugOf)).toEqual([
      "%",
      "%zz",
      "50%%",
      "\ufffd%A",
    ]);
    expect(router.match("http://localhost/blog/%ff")?.pathname).toBe("/blog/\ufffd");
    expect(router.match("http://localhost?x=%ff")).toMatchObject({ name: "/", query: { x: "\ufffd" } });
  });

  it("reads the folder again", () => {
    fill(dir, { "later/a.ts": "" });
    const later = new FileSystemRouter({ style: "nextjs", dir: `${dir}/later` });
    fill(dir, { "later/b.ts": "" });
    expect(later.match("/b")).toBe(null);
    expect(later.reload().match("/b")?.filePath).toBe(`${dir}/later/b.ts`);
  });

  it.each([
    [["a.ts", "a/index.ts"], 'Route "/a" is already defined by '],
    [["[...a]/b.ts"], "Catch-all route must be at the end of the path"],
    [["[[a]].ts"], "Invalid dynamic route: [[a]]"],
    [["[a.ts"], "Invalid dynamic route: [a"],
  ])("refuses %j", (wrong, message) => {
    const folder = `wrong-${wrong[0]!.replaceAll("/", "-")}`;
    fill(dir, Object.fromEntries(wrong.map((file) => [`${folder}/${file}`, ""])));
    expect(() => new FileSystemRouter({ style: "nextjs", dir: `${dir}/${folder}` })).toThrow(message);
  });

  it.skipIf(bun === null)("says what Bun says", async () => {
    const pages = `${dir}/pages`;
    const source = `(pages) => (${routed})(Bun.FileSystemRouter, pages)`;
    const ours = JSON.parse(JSON.stringify(routed(FileSystemRouter, pages))) as unknown;
    expect(ours).toEqual(await callInBun(bun!, source, pages));
  });
});
