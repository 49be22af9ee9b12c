import { Glob } from "bun";
import { readdir, stat } from "fs/promises";
import mime from "mime-types";
import path from "path";

export type Kind = "folder" | "file";
export type SortKey = keyof Pick<Entry, "name" | "size">;

export interface Entry {
  readonly name: string;
  readonly kind: Kind;
  readonly size: number;
  readonly type: string | null;
}

export class Forbidden extends Error {
  readonly status = 403;
}

export class Root {
  constructor(
    readonly folder: string,
    private hidden = new Glob("{.*,node_modules}"),
  ) {}

  /** @throws Forbidden if the path leaves the root */
  resolve(relative: string): string {
    const full = path.resolve(this.folder, `./${relative}`);
    if (full !== this.folder && !full.startsWith(this.folder + path.sep))
      throw new Forbidden(`${relative} is outside`);
    if (relative.split("/").some((part) => this.hidden.match(part)))
      throw new Forbidden(`${relative} is hidden`);
    return full;
  }

  async kind(relative: string): Promise<Kind | null> {
    const info = await stat(this.resolve(relative)).catch(() => null);
    return info === null ? null : info.isDirectory() ? "folder" : "file";
  }

  async list(relative: string, by: SortKey = "name"): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (const entry of await readdir(this.resolve(relative), { withFileTypes: true })) {
      if (this.hidden.match(entry.name)) continue;
      const folder = entry.isDirectory();
      const file = Bun.file(path.join(this.resolve(relative), entry.name));
      entries.push({
        name: entry.name,
        kind: folder ? "folder" : "file",
        size: folder ? 0 : file.size,
        type: folder ? null : mime.lookup(entry.name) || null,
      });
    }
    return entries.sort(
      (a, b) =>
        (by === "size" ? b.size - a.size : 0) ||
        (a.kind === b.kind ? a.name.localeCompare(b.name) : a.kind === "folder" ? -1 : 1),
    );
  }

  async find(pattern: string, limit = 50): Promise<string[]> {
    const found: string[] = [];
    for await (const file of new Glob(pattern).scan({ cwd: this.folder, onlyFiles: true })) {
      if (found.push(file) === limit) break;
    }
    return found.sort();
  }

  async *grep(pattern: string, needle: string) {
    for (const file of await this.find(pattern)) {
      const lines = (await Bun.file(this.resolve(file)).text()).split("\n");
      for (const [i, line] of lines.entries())
        if (line.includes(needle)) yield { file, line: i + 1, text: line.trim() };
    }
  }
}
