// Finds links of the built site that lead nowhere: to a page, a file or an anchor that is not there.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";

const LINK = /<(?:a|link|img|script)\b[^>]*? (?:href|src)="([^"]+)"/g;
const ANCHOR = / (?:id|name)="([^"]+)"/g;

/**
 * @param {string} folder of the built site
 * @returns {string[]} a sentence for each link that leads nowhere
 */
export function deadLinks(folder) {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".html"),
  );
  /** @type {Map<string, Set<string>>} */
  const anchors = new Map();
  const anchorsOf = (/** @type {string} */ name) => {
    const known =
      anchors.get(name) ??
      new Set([...readFileSync(join(folder, name), "utf8").matchAll(ANCHOR)].map(([, id]) => decode(id)));
    anchors.set(name, known);
    return known;
  };
  const problems = [];
  for (const page of pages) {
    // TypeDoc checks its own pages.
    if (page.startsWith("api/")) continue;
    for (const [, link] of readFileSync(join(folder, page), "utf8").matchAll(LINK)) {
      const href = decode(link);
      if (/^([a-z]+:|\/\/)/.test(href)) continue;
      const [path = "", hash = ""] = href.split("#");
      const target =
        path === ""
          ? page
          : fileOf(folder, posix.join("/", path.startsWith("/") ? "" : posix.dirname(page), path).slice(1));
      if (target === null) problems.push(`${page}: ${href} is not there`);
      else if (hash !== "" && target.endsWith(".html") && !anchorsOf(target).has(decodeURIComponent(hash)))
        problems.push(`${page}: ${href}: there is no such heading`);
    }
  }
  return [...new Set(problems)];
}

/** The file that a server sends for a path; null if there is none. */
function fileOf(/** @type {string} */ folder, /** @type {string} */ path) {
  const [name = ""] = path.split("?");
  return (
    [name, `${name}.html`, posix.join(name, "index.html")].find((candidate) => {
      const file = join(folder, candidate);
      return existsSync(file) && statSync(file).isFile();
    }) ?? null
  );
}

function decode(/** @type {string | undefined} */ text = "") {
  return text
    .replaceAll("&amp;", "&")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<");
}
