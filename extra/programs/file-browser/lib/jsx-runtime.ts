type Node = string | number | boolean | null | undefined | Html | Node[];

export class Html extends String {}

function text(node: Node): string {
  if (node == null || typeof node === "boolean") return "";
  if (node instanceof Html) return node.toString();
  if (Array.isArray(node)) return node.map(text).join("");
  return Bun.escapeHTML(node as string);
}

export function jsx(tag: string | ((props: any) => Html), props: Record<string, any>): Html {
  if (typeof tag === "function") return tag(props);
  const { children, html, ...rest } = props;
  const attributes = Object.entries(rest)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${Bun.escapeHTML(String(value))}"`));
  return new Html(`<${tag}${attributes.join("")}>${html ?? text(children)}</${tag}>`);
}

export const jsxs = jsx;
export const jsxDEV = jsx;
export const Fragment = ({ children }: { children: Node }) => new Html(text(children));

export namespace JSX {
  export type Element = Html;
  export interface IntrinsicElements {
    [name: string]: any;
  }
  export interface ElementChildrenAttribute {
    children: {};
  }
}
