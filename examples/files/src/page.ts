/** The look of the pages that are not files. */

/** The policy lets a page have its own style, and nothing else: a name that got into the markup could run nothing. */
export const pageHeaders: Record<string, string> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  "cache-control": "no-cache",
};

const style = `
:root { color-scheme: light dark; --paper: #fffaf2; --ink: #3a2a1c; --soft: #7a6147; --line: #e6d3b8; --accent: #9a5b21; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #211a15; --ink: #f3e7d8; --soft: #bfa78c; --line: #43352a; --accent: #e6ab67; }
}
body { max-width: 48rem; margin: 0 auto; padding: 2rem 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
a { color: var(--accent); overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { color: var(--soft); font-size: 0.85rem; font-weight: 600; }
th, td { padding: 0.5rem; border-bottom: 1px solid var(--line); text-align: end; white-space: nowrap; }
th:first-child, td:first-child { width: 100%; padding-inline-start: 0; text-align: start; white-space: normal; }
.folder a { font-weight: 600; }
p { color: var(--soft); }
@media (width < 30rem) { .day { display: none; } }
`;

export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
${body}
</html>
`;
}

/** The page for an address without a file. */
export function missing(): string {
  return page("There is nothing here", '<p>No file has this address. <a href="/">All files</a></p>');
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
