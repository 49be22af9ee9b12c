/** A small JSX runtime that makes strings. */
export type Child = string | number | boolean | null | undefined | Raw | Child[];

export class Raw {
  constructor(readonly html: string) {}
  toString() {
    return this.html;
  }
}

type Props = Record<string, unknown> | null;
type Component = (props: any) => Raw;

const empty = new Set(["br", "hr", "img", "input", "link", "meta"]);

function render(child: Child): string {
  if (child === null || child === undefined || typeof child === "boolean") return "";
  if (child instanceof Raw) return child.html;
  if (Array.isArray(child)) return child.map(render).join("");
  return Bun.escapeHTML(String(child));
}

export function h(tag: string | Component, props: Props, ...children: Child[]): Raw {
  if (typeof tag === "function") return tag({ ...props, children });
  let attributes = "";
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === false || value == null) continue;
    attributes += value === true ? ` ${name}` : ` ${name}="${Bun.escapeHTML(String(value))}"`;
  }
  const open = `<${tag}${attributes}>`;
  return new Raw(empty.has(tag) ? open : `${open}${render(children)}</${tag}>`);
}

export function Fragment({ children }: { children: Child[] }) {
  return new Raw(render(children));
}

declare global {
  namespace JSX {
    type Element = Raw;
    interface IntrinsicElements {
      [tag: string]: any;
    }
    interface ElementChildrenAttribute {
      children: {};
    }
  }
}
