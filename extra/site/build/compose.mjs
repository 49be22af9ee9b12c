// Puts the sources of the site together: the pages of this folder, and the documents of the repository with other links.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PAGES, root, SITE, withLinks } from "./documents.mjs";

export const site = fileURLToPath(new URL("../", import.meta.url));
export const source = join(site, ".source");

/** Makes `.source` anew. */
export function compose() {
  rmSync(source, { recursive: true, force: true });
  cpSync(join(site, "pages"), source, { recursive: true });
  for (const [path, page] of PAGES) {
    const to = join(source, `${page}.md`);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, withLinks(path, readFileSync(join(root, path), "utf8")));
  }
  cpSync(join(root, "docs/charts"), join(source, "public/charts"), { recursive: true });
  cpSync(join(root, "examples/chat/public/bun.svg"), join(source, "public/icon.svg"));
  writeFileSync(join(source, "public/llms.txt"), llms());
}

/** All pages with their first sentences, for programs that read (llmstxt.org). */
function llms() {
  const names = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && name !== "index.md")
    .sort();
  const rows = names.map((name) => {
    const text = readFileSync(join(source, name), "utf8");
    const title = /^# (.+)$/m.exec(text)?.[1] ?? name;
    const paragraph =
      text
        .split(/^# .+$/m)[1]
        ?.trim()
        .split("\n\n")[0] ?? "";
    const sentence = /^.+?\.(?=\s|$)/s.exec(paragraph.replaceAll(/\s+/g, " "))?.[0] ?? "";
    const plain = sentence.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1").replaceAll("**", "");
    return `- [${title}](${SITE}/${name.replace(/(index)?\.md$/, "")})${/^(\w|`(?!`))/.test(plain) ? `: ${plain}` : ""}`;
  });
  return `# Mantou\n\n> Bun.serve for Node.js, in pure TypeScript, built from raw TCP sockets.\n\n${rows.join("\n")}\n`;
}
