import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { fromRoot } from "../src/references.ts";

const folder = tempDir();
fill(folder, {
  "outside.css": "",
  "app/pages/a b.png": "",
  "app/pages/x.ts": "",
  "app/src/main.tsx": "",
  "app/src/a.css": "",
});
const root = { folder: join(folder, "app"), base: "/_mantou/" };
const rewrite = (html: string): string => fromRoot(html, join(folder, "app/pages/index.html"), root);

describe("the references of a page", () => {
  it.each([
    ['<link rel="stylesheet" href="../src/a.css">', '<link rel="stylesheet" href="/src/a.css">'],
    ["<link rel=icon href='a%20b.png'>", '<link rel=icon href="/pages/a%20b.png">'],
    [
      '<script type="module" src="./x.ts?a=1&b#c"></script>',
      '<script type="module" src="/pages/x.ts?a=1&amp;b#c"></script>',
    ],
    [
      "<script SRC=../src/main.tsx defer></script>",
      '<script type="module" src="/src/main.tsx" defer></script>',
    ],
    ['<img src="a b.png" alt="x">', '<img src="/pages/a%20b.png" alt="x">'],
    [
      '<img srcset="a%20b.png 1x, x.ts 2x,https://a/b.png 3x">',
      '<img srcset="/pages/a%20b.png 1x, /pages/x.ts 2x,https://a/b.png 3x">',
    ],
    ["<template><img src=x.ts></template>", '<template><img src="/pages/x.ts"></template>'],
    ["<svg><use href=x.ts></use></svg>", '<svg><use href="/pages/x.ts"></use></svg>'],
    [
      '<link rel="stylesheet" href="../../outside.css">',
      `<link rel="stylesheet" href="/@fs/${join(folder, "outside.css").slice(1)}">`,
    ],
    ['<script src="/src/main.tsx"></script>', '<script type="module" src="/src/main.tsx"></script>'],
    // A file that is missing is reported by what asks for it.
    ['<script src="./gone.js"></script>', '<script type="module" src="./gone.js"></script>'],
  ])("become those from the root: %s", (html, rewritten) => {
    expect(rewrite(html)).toBe(rewritten);
  });

  it.each([
    '<a href="./x.ts">a page is no file of this one</a>',
    '<script src="https://a.example/x.js"></script><script src="//a.example/x.js"></script><script src="/served.js"></script>',
    '<link rel="stylesheet" href="/src/a.css"><img src="data:image/gif;base64,AA==">',
    '<script type="importmap">{"imports": {}}</script><script>let a = "<img src=x.ts>"</script>',
    "<!-- <img src=x.ts> --><img src=missing.png><img src><img src=%zz>",
    "<p>text &amp; 包子\r\n",
  ])("stay as they are: %s", (html) => {
    expect(rewrite(html)).toBe(html);
  });
});
