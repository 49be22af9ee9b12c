import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type BunFile } from "bun";
import { config } from "../config.ts";

export interface Meta {
  id: string;
  name: string;
  type: string;
  size: number;
  sha256: string;
  uploaded: string;
}

const pathOf = (id: string, suffix: "bin" | "json") => join(config.root, `${id}.${suffix}`);

export async function put(name: string, type: string, content: Blob): Promise<Meta> {
  const bytes = await content.bytes();
  const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  const id = sha256.slice(0, 12);
  const meta: Meta = { id, name, type, size: content.size, sha256, uploaded: new Date().toISOString() };
  const written = await Bun.write(pathOf(id, "bin"), content);
  if (written !== content.size) throw new Error(`wrote ${written} of ${content.size} bytes`);
  await Bun.write(Bun.file(pathOf(id, "json")), JSON.stringify(meta));
  return meta;
}

export async function get(id: string): Promise<{ meta: Meta; file: BunFile } | null> {
  const info = Bun.file(pathOf(id, "json"));
  if (!(await info.exists())) return null;
  const meta: Meta = await info.json();
  return { meta, file: Bun.file(pathOf(id, "bin"), { type: meta.type }) };
}

export async function list(): Promise<Meta[]> {
  const names = (await readdir(config.root)).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(names.map((name) => Bun.file(join(config.root, name)).json()));
}

export async function remove(id: string): Promise<boolean> {
  const found = await get(id);
  if (!found) return false;
  await found.file.delete();
  await rm(pathOf(id, "json"));
  return true;
}

export async function copy(id: string, name: string): Promise<Meta | null> {
  const found = await get(id);
  if (!found) return null;
  const target = `copy-${id}`;
  await Bun.write(pathOf(target, "bin"), found.file);
  const meta = { ...found.meta, id: target, name };
  await Bun.write(pathOf(target, "json"), JSON.stringify(meta, null, "\t"));
  return meta;
}

export async function usage() {
  let total = 0;
  for (const name of await readdir(config.root))
    total +=
      (await stat(join(config.root, name))).size > 0 && name.endsWith(".bin")
        ? Bun.file(join(config.root, name)).size
        : 0;
  return total;
}
