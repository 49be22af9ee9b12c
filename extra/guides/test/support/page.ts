import { readdirSync, readFileSync } from "node:fs";

/** The documentation that comes with the types of Bun. */
const documentation = new URL("../../../../node_modules/bun-types/docs/guides/", import.meta.url);

/** The numbers of the blocks that the tests of this file have asked for, by the guides. */
const used = new Map<string, Set<number>>();

/** The names of the guides in a folder. */
export function guidesOf(folder: string): string[] {
  const files = readdirSync(new URL(`${folder}/`, documentation));
  return files.map((file) => file.replace(/\.mdx$/, "")).sort();
}

/** The code of a guide, such as `http/simple`: its blocks in TypeScript, JavaScript and HTML. Commands of a shell are no code. */
export function blocks(guide: string): readonly string[] {
  const text = readFileSync(new URL(`${guide}.mdx`, documentation), "utf8");
  return [...text.matchAll(/^[ \t]*```(?:tsx?|jsx?|html)\b[^\n]*\n([\s\S]*?)^[ \t]*```/gm)].map(
    // Marks of the documentation's own renderer.
    ([, code = ""]) => code.replaceAll(/ *\/\/ \[!code [^\]]*\]/g, ""),
  );
}

export function block(guide: string, index: number): string {
  const found = blocks(guide)[index];
  if (found === undefined) throw new Error(`the guide ${guide} has no block ${index}`);
  used.set(guide, (used.get(guide) ?? new Set()).add(index));
  return found;
}

/**
 * What the tests of a file have left of a folder. Call it in the file's last test.
 * @returns each guide without a test, and each of the other guides' blocks without one, such as `compression 0`
 */
export function untested(folder: string): readonly string[] {
  return guidesOf(folder).flatMap((name) => {
    const guide = `${folder}/${name}`;
    const numbers = used.get(guide);
    if (numbers === undefined) return [name];
    return [...blocks(guide).keys()]
      .filter((index) => !numbers.has(index))
      .map((index) => `${name} ${index}`);
  });
}

/**
 * A block and what it says: each constant of its own is printed, and each expression that stands before a comment with its value. The
 * block itself is unchanged.
 */
export function talking(code: string): string {
  const constants = [...code.matchAll(/^const (\w+) =/gm)].map(([, name]) => name!);
  const expressions = [
    ...code.matchAll(/^((?!const |let |\/\/|import |await new)[^\n]+);(?: *\/\/[^\n]*)?$/gm),
  ].map(([, text]) => text!);
  const shown = [...constants, ...expressions.filter((text) => !/^(?:console|\s|}|\))/.test(text))];
  return `${code}
const $show = (value: unknown): string => {
  if (value instanceof Response) return \`Response \${value.status}\`;
  return ArrayBuffer.isView(value) ? \`bytes \${[...(value as Uint8Array)]}\` : JSON.stringify(value) ?? String(value);
};
${shown.map((text) => `console.log(${JSON.stringify(text)}, $show(${text}));`).join("\n")}
export {};
`;
}
