import { fill, tempDir } from "@mantou/testing/temp-dir";
import { expect, it } from "vitest";
import { anchorOf } from "../build/anchor.mjs";
import { withLinks } from "../build/documents.mjs";
import { deadLinks } from "../build/links.mjs";

const dir = tempDir();

it("finds pages, files and headings that are not there", () => {
  fill(dir, {
    "index.html":
      '<a href="/guide/routes#errors">a</a> <a class="x" href="guide/none">b</a> <img alt="" src="/none.svg">',
    "guide/routes.html":
      '<h2 id="errors">c</h2> <a href="#none">d</a> <a href="../index#x">e</a> <a href="https://bun.com/">f</a>',
  });
  expect(deadLinks(dir).sort()).toEqual([
    "guide/routes.html: #none: there is no such heading",
    "guide/routes.html: ../index#x: there is no such heading",
    "index.html: /none.svg is not there",
    "index.html: guide/none is not there",
  ]);
});

it("leads links of documents to pages, and others to the repository", () => {
  const text =
    "[a](scaling.md#history) [b](../packages/serve) [c](../attack) ![f](charts/x.svg) [g](https://bun.com)\n```md\n[h](scaling.md)\n```\n";
  expect(withLinks("docs/echo.md", text)).toBe(
    "[a](/reference/scaling#history) [b](/packages/serve) [c](https://github.com/mantou-js/mantou/tree/main/attack) ![f](/charts/x.svg) [g](https://bun.com)\n```md\n[h](scaling.md)\n```\n",
  );
});

it("makes the anchors that GitHub makes", () => {
  expect(anchorOf("`Bun.sql` and `Bun.redis`")).toBe("bunsql-and-bunredis");
  expect(anchorOf("What is refused, and why")).toBe("what-is-refused-and-why");
});
