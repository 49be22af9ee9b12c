// The documents of the repository that are pages of the site, and where their links lead there.
import { readdirSync, statSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = "https://github.com/mantou-js/mantou";
export const SITE = "https://mantou-js.github.io";
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Packages with a README that is a page. */
const packages = readdirSync(new URL("../../../packages/", import.meta.url)).filter(
  (name) => name !== "testing",
);

/** Documents whose pages have other names than their files. @type {Readonly<Record<string, string>>} */
const RENAMED = { benchmarks: "performance", "bun-parity": "parity", "differences-from-bun": "differences" };

/** The page of a document, both by their paths without a slash in front. @type {ReadonlyMap<string, string>} */
export const PAGES = new Map([
  ...readdirSync(new URL("../../../docs/", import.meta.url))
    .filter((name) => name.endsWith(".md"))
    .map((name) => name.replace(/\.md$/, ""))
    .map((name) => /** @type {const} */ ([`docs/${name}.md`, `reference/${RENAMED[name] ?? name}`])),
  ["SECURITY.md", "reference/security"],
  ["CONTRIBUTING.md", "reference/contributing"],
  ...packages.map((name) => /** @type {const} */ ([`packages/${name}/README.md`, `packages/${name}`])),
]);

const LINK = /(!?\[(?:[^\]\\]|\\.)*\])\(([^)\s]+)\)/g;

/**
 * The text of a document with links that hold on the site: to pages, else to the repository. What stands in fences stays.
 * @param {string} path of the document
 * @param {string} text
 * @returns {string}
 */
export function withLinks(path, text) {
  return text
    .split(/(^```.*?^```$)/ms)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replaceAll(LINK, (_, label, target) => `${label}(${linkTo(path, target)})`),
    )
    .join("");
}

/**
 * @param {string} path of the document that has the link
 * @param {string} target
 * @returns {string}
 */
function linkTo(path, target) {
  if (/^([a-z]+:|#)/.test(target)) return target;
  const [file = "", hash] = target.split("#");
  const found = posix.normalize(posix.join(posix.dirname(path), file)).replace(/\/$/, "");
  const anchor = hash === undefined ? "" : `#${hash}`;
  const page = PAGES.get(found) ?? PAGES.get(`${found}/README.md`);
  if (page !== undefined) return `/${page}${anchor}`;
  if (found.startsWith("docs/charts/")) return `/${found.slice("docs/".length)}`;
  const kind = statSync(posix.join(root, found)).isDirectory() ? "tree" : "blob";
  return `${REPOSITORY}/${kind}/main/${found}${anchor}`;
}
