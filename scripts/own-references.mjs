// How a module of dist/ names files of its package, for scripts that put its code into another file.
import { dirname, relative } from "node:path";

/** The uses of `import.meta.url` and the imports of our own files, in the order of the text. */
export function ownReferences(node) {
  if (node === null || typeof node !== "object") return [];
  if (node.type === "ImportExpression" && String(node.source.value).startsWith(".")) return [node];
  if (node.type !== "MemberExpression" || node.object.type !== "MetaProperty")
    return Object.values(node).flatMap(ownReferences);
  if (node.property.name !== "url") throw new Error(`import.meta.${node.property.name} would be another`);
  return [node];
}

/** The expression for a module's own URL where its code stands in that file. */
export function urlIn(file, module) {
  if (file === module) return "import.meta.url";
  return `new URL(${JSON.stringify(`./${relative(dirname(file), module)}`)}, import.meta.url).href`;
}
