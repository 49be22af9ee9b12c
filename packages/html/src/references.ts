import { statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { type DefaultTreeAdapterMap, parse } from "parse5";
import { findInPackage } from "./packages.ts";
import type { Root } from "./root.ts";

type Node = DefaultTreeAdapterMap["node"];
type Element = DefaultTreeAdapterMap["element"];

/** Attributes by which a page loads files. Links to other pages (`a`) are none. */
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  audio: ["src"],
  embed: ["src"],
  image: ["href"],
  img: ["src", "srcset"],
  input: ["src"],
  link: ["href"],
  object: ["data"],
  script: ["src"],
  source: ["src", "srcset"],
  track: ["src"],
  use: ["href"],
  video: ["src", "poster"],
};
/** A scheme, a path from the root of the host, a fragment, or nothing. */
const ABSOLUTE = /^(?:[a-z][a-z0-9+.-]*:|[/\\#]|$)/i;
const CODE = /\.(?:[mc]?[jt]s|[jt]sx)$/;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The page with references from the root of its project in place of those from its file, so that the page can be served at any path. As in
 * Bun, each script of a file is a module. References to what is not there stay as they are.
 */
export function fromRoot(html: string, page: string, { folder }: Root): string {
  const edits: Edit[] = [];
  const resolve = (reference: string, mayBePackage = false, isEncoded = true): string | null => {
    if (ABSOLUTE.test(reference)) return null;
    const [, path = "", behind = ""] = /^([^?#]*)(.*)$/s.exec(reference) ?? [];
    const file = fileOf(decode(path), page, mayBePackage);
    if (file === null) return null;
    const inside = relative(folder, file).split(sep).join("/");
    const url = inside.startsWith("../")
      ? `/@fs/${file.split(sep).join("/").replace(/^\//, "")}`
      : `/${inside}`;
    return (isEncoded ? encodeURI(url) : url) + behind;
  };
  visit(parse(html, { sourceCodeLocationInfo: true }), (element) => {
    const names = REFERENCES[element.tagName];
    if (names === undefined) return;
    const isScript = element.tagName === "script";
    for (const { name, value } of element.attrs) {
      if (!names.includes(name)) continue;
      const place = element.sourceCodeLocation?.attrs?.[name];
      if (place === undefined) continue;
      const replaced =
        name === "srcset"
          ? inSourceSet(value, resolve)
          : // A build takes the URL of a script as it is for the specifier of an import.
            resolve(value, isStyleSheet(element), !isScript);
      const makesModule = isScript && isClassic(element) && (replaced !== null || isOwnCode(value, folder));
      if (replaced === null && !makesModule) continue;
      const quoted = `${name}="${(replaced ?? value).replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`;
      edits.push({
        start: place.startOffset,
        end: place.endOffset,
        text: makesModule ? `type="module" ${quoted}` : quoted,
      });
    }
  });
  return apply(html, edits);
}

/** A file beside the page. As in Bun, a style sheet may be a package's: `href="tailwindcss"`. */
function fileOf(path: string, page: string, mayBePackage: boolean): string | null {
  const file = join(dirname(page), path);
  if (isFile(file)) return file;
  const found = mayBePackage ? findInPackage(path, dirname(page), ["style"], ["style", "main"]) : null;
  return found?.endsWith(".css") === true ? found : null;
}

function isStyleSheet({ tagName, attrs }: Element): boolean {
  return (
    tagName === "link" && attrs.some(({ name, value }) => name === "rel" && /\bstylesheet\b/i.test(value))
  );
}

/** A script without `type`. Its type may be a data block's, or `importmap`. */
function isClassic({ attrs }: Element): boolean {
  return !attrs.some(({ name }) => name === "type" || name === "nomodule");
}

/** Code that Vite will find, or report: by a path from the page, or from the root. A file of `public/` is none. */
function isOwnCode(reference: string, folder: string): boolean {
  const path = /^[^?#]*/.exec(reference)![0];
  if (!CODE.test(path)) return false;
  if (!ABSOLUTE.test(path)) return true;
  return /^\/[^/]/.test(path) && isFile(join(folder, decode(path)));
}

/** Null if nothing is replaced. */
function inSourceSet(value: string, resolve: (reference: string) => string | null): string | null {
  let isReplaced = false;
  // Candidates have no comma in their URLs but in data URLs, which are absolute (HTML standard, "parse a srcset attribute").
  const text = value.replace(/(^|,\s*|^\s+)([^\s,]+)/g, (whole, before: string, reference: string) => {
    const replaced = resolve(reference);
    if (replaced === null) return whole;
    isReplaced = true;
    return before + replaced;
  });
  return isReplaced ? text : null;
}

function visit(node: Node, onElement: (element: Element) => void): void {
  if ("tagName" in node) onElement(node);
  if ("content" in node) visit(node.content, onElement);
  if ("childNodes" in node) for (const child of node.childNodes) visit(child, onElement);
}

function apply(text: string, edits: readonly Edit[]): string {
  let result = "";
  let done = 0;
  for (const { start, end, text: replacement } of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(done, start) + replacement;
    done = end;
  }
  return result + text.slice(done);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
