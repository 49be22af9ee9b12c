import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileBelow } from "@mantou/serve";
import { escaped, page } from "./page.ts";

/** The real path of a folder below the root, or null: for a missing one, and for one outside. */
export function folderBelow(root: string, path: string): string | null {
  try {
    const folder = realpathSync(join(root, path));
    const [first] = relative(root, folder).split(sep);
    return first !== ".." && statSync(folder).isDirectory() ? folder : null;
  } catch {
    return null;
  }
}

/** The page with what is in a folder, folders first. It leaves out what begins with a dot, and what cannot be served. */
export function listing(root: string, folder: string): string {
  const way = relative(root, folder).split(sep).join("/");
  const names = readdirSync(folder).filter((name) => !name.startsWith("."));
  names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const below = (name: string): string => (way === "" ? name : `${way}/${name}`);
  const folders = names.filter((name) => folderBelow(root, below(name)) !== null);
  const files = names.flatMap((name) => {
    const found = fileBelow(root, below(name));
    return found === null ? [] : [row(name, "file", size(found.size), day(found.lastModified))];
  });
  const up = way === "" ? [] : [row("../", "folder", "", "")];
  const rows = [...up, ...folders.map((name) => row(`${name}/`, "folder", "", "")), ...files];
  const table = `<table>
<thead><tr><th>Name</th><th>Size</th><th class="day">Changed</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
  return page(
    way === "" ? "Files" : `Files in /${way}`,
    rows.length === 0 ? "<p>This folder is empty.</p>" : table,
  );
}

function row(name: string, kind: "file" | "folder", bytes: string, changed: string): string {
  const link = encodeURIComponent(name).replace(/%2F$/, "/");
  return `<tr class="${kind}"><td><a href="${link}">${escaped(name)}</a></td><td>${bytes}</td><td class="day">${changed}</td></tr>`;
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}

/** The day, in UTC. */
function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
