import { readFileSync } from "node:fs";

/** The documentation that comes with the types of Bun. */
const documentation = new URL("../../../../node_modules/bun-types/docs/guides/", import.meta.url);

export interface Block {
  /** The file that the guide names, if it names one. */
  readonly file: string | undefined;
  readonly code: string;
}

/** The programs of a guide, in their order: its blocks in TypeScript, JavaScript and HTML. */
export function blocks(guide: string): readonly Block[] {
  const text = readFileSync(new URL(`${guide}.mdx`, documentation), "utf8");
  return [...text.matchAll(/^[ \t]*```(?:tsx?|jsx?|html)([^\n]*)\n([\s\S]*?)^[ \t]*```/gm)].map(
    ([, title = "", code = ""]) => ({
      file: /^ *([\w./-]+\.\w+)/.exec(title)?.[1],
      // Marks of the documentation's own renderer.
      code: code.replaceAll(/ *\/\/ \[!code [^\]]*\]/g, ""),
    }),
  );
}

export function block(guide: string, index: number): string {
  const found = blocks(guide)[index];
  if (found === undefined) throw new Error(`the guide ${guide} has no block ${index}`);
  return found.code;
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
