import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What must fail without a fix: an attack by a part of its name, or the tests of one file of a package. With `sources` these read the
 * sources of the changed package, and nothing is built.
 */
export type Killer =
  | { readonly attack: string; readonly options?: readonly string[] }
  | { readonly package: string; readonly test: string; readonly sources?: boolean };

/** A change of one place, as lines, so that the file of a mutation is readable. */
export interface Edit {
  readonly file: string;
  readonly find: readonly string[];
  readonly replace: readonly string[];
}

/** A fix that is removed. */
export interface Mutation {
  readonly name: string;
  readonly about: string;
  readonly edits: readonly Edit[];
  readonly killer: Killer;
}

export function readMutations(folder: string): readonly Mutation[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({
      name: file.slice(0, -".json".length),
      ...(JSON.parse(readFileSync(join(folder, file), "utf8")) as Omit<Mutation, "name">),
    }));
}

/**
 * @returns a function that undoes the change
 * @throws Error if the place is missing, or not the only one: then the mutation needs an update
 */
export function apply(mutation: Mutation, root: string): () => void {
  const originals = new Map<string, string>();
  const undo = (): void => {
    for (const [path, text] of originals) writeFileSync(path, text);
  };
  try {
    for (const { file, find, replace } of mutation.edits) {
      const path = join(root, file);
      const text = readFileSync(path, "utf8");
      const parts = text.split(find.join("\n"));
      if (parts.length !== 2) throw new Error(`${file} has its place ${parts.length - 1} times`);
      if (!originals.has(path)) originals.set(path, text);
      writeFileSync(path, parts.join(replace.join("\n")));
    }
  } catch (error) {
    undo();
    throw error;
  }
  return undo;
}

/** The packages that must be built again: `packages/serve`. */
export function packagesOf({ edits }: Mutation): readonly string[] {
  return [...new Set(edits.map(({ file }) => file.slice(0, file.indexOf("/src/"))))];
}

export function nameOf(killer: Killer): string {
  return "attack" in killer ? `attack "${killer.attack}"` : `${killer.package}/${killer.test}`;
}
