/** The syntax tree of JavaScript. The parser is loaded at the first use. */
import { createRequire } from "node:module";
import type { AnyNode } from "acorn";

const require = createRequire(import.meta.url);

/**
 * All nodes of a module, in the order of its text.
 * @throws SyntaxError for a syntax that acorn does not know
 */
export function nodesOf(code: string): Generator<AnyNode> {
  const { parse } = require("acorn") as typeof import("acorn");
  return walk(
    parse(code, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowHashBang: true,
      allowReturnOutsideFunction: true,
    }),
  );
}

function* walk(node: AnyNode): Generator<AnyNode> {
  yield node;
  for (const value of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value])
      if (typeof (child as AnyNode | null | undefined)?.type === "string") yield* walk(child as AnyNode);
  }
}
