import type { Page } from "playwright-core";

/** What the user sees as HTML. URLs of files differ by what has bundled the page. */
export async function shownHTML(page: Page): Promise<string> {
  const html = await page.locator("#root").innerHTML();
  return html.replaceAll(/ src="[^"]*"/g, ' src="…"');
}

const STYLED = [
  "body",
  "h1",
  "h2",
  "li",
  "li h3",
  "form",
  "input",
  "button[type=submit]",
  "[role=status]",
  "main",
];
const PROPERTIES =
  "display color backgroundColor fontSize fontWeight letterSpacing borderRadius paddingLeft gap gridTemplateColumns borderTopColor".split(
    " ",
  );

/** What the style sheet has made of some elements. */
export function shownStyles(page: Page): Promise<unknown> {
  return page.evaluate(`(${read.toString()})(${JSON.stringify(STYLED)}, ${JSON.stringify(PROPERTIES)})`);
}

function read(selectors: readonly string[], properties: readonly string[]): unknown {
  const { document, getComputedStyle } = globalThis as never as {
    document: { querySelector(selector: string): object };
    getComputedStyle(element: object): Record<string, string>;
  };
  return selectors.map((selector) => {
    const style = getComputedStyle(document.querySelector(selector));
    return [selector, ...properties.map((name) => `${name}: ${style[name]}`)];
  });
}

/** Collects what goes wrong in a page: errors of its code and its console, and each navigation behind the first. */
export function watch(page: Page): { readonly complaints: string[]; readonly navigations: string[] } {
  const complaints: string[] = [];
  const navigations: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on("framenavigated", (frame) => navigations.push(frame.url()));
  return { complaints, navigations };
}
