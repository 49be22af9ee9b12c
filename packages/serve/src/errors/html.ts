import type { ErrorReport, ReportedFrame } from "./error-report.ts";
import { caretOf, errorText, shortPath, titleOf } from "./text.ts";

/** The number of sources that the page shows unfolded: the place of the error, and its caller. */
const OPEN_SOURCES = 2;
const MAX_TITLE_LENGTH = 200;

/**
 * The report as a page: one file without scripts, which loads no other files.
 * @param asked the request's method and target
 */
export function errorHTML(report: ErrorReport, asked: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHTML(titleOf(report).slice(0, MAX_TITLE_LENGTH))}</title>
<style>${ERROR_STYLE}</style>
</head>
<body>
<header><strong>500</strong> <code>${escapeHTML(asked)}</code></header>
<main>
${section(report, "", "h1")}
<details class="raw"><summary>As text</summary><pre>${escapeHTML(errorText(report))}</pre></details>
</main>
<footer>This page shows source code to every client, because the server runs in development mode.
It is turned off by <code>NODE_ENV=production</code> or <code>development: false</code>.</footer>
</body>
</html>
`;
}

function section(report: ErrorReport, label: string, heading: "h1" | "h2"): string {
  const { name, message, properties, frames, errors, cause } = report;
  const rows = properties.map(([name, value]) => `<dt>${escapeHTML(name)}</dt><dd>${escapeHTML(value)}</dd>`);
  return `<section>
${label === "" ? "" : `<p class="label">${label}</p>`}
<${heading}><span>${escapeHTML(name)}</span>${message === "" ? "" : `<b>${escapeHTML(message)}</b>`}</${heading}>
${rows.length === 0 ? "" : `<dl>${rows.join("")}</dl>`}
${frameList(frames)}
${errors.map((error, i) => section(error, `Error ${i + 1} of ${errors.length}`, "h2")).join("")}
${cause === null ? "" : section(cause, "Caused by", "h2")}
</section>`;
}

/** Adjacent frames that are not the application's are folded into one line. */
function frameList(frames: readonly ReportedFrame[]): string {
  const items: string[] = [];
  let sources = 0;
  for (let i = 0; i < frames.length; ) {
    const frame = frames[i]!;
    if (frame.owner === "application") {
      const open = frame.source.length > 0 && sources++ < OPEN_SOURCES;
      items.push(
        `<li>${frame.source.length === 0 ? `<p>${place(frame)}</p>` : withSource(frame, open)}</li>`,
      );
      i++;
      continue;
    }
    const start = i;
    while (i < frames.length && frames[i]!.owner !== "application") i++;
    items.push(`<li>${folded(frames.slice(start, i))}</li>`);
  }
  return items.length === 0 ? "" : `<ol>${items.join("\n")}</ol>`;
}

function withSource(frame: ReportedFrame, open: boolean): string {
  const lines = frame.source.map(({ number, text }) => {
    const isIt = number === frame.line;
    const row = `<span class="line${isIt ? " it" : ""}"><i>${number}</i>${escapeHTML(text)}\n</span>`;
    const caret = isIt ? caretOf(text, frame.column) : null;
    return caret === null ? row : `${row}<span class="line caret"><i></i>${caret}\n</span>`;
  });
  return `<details${open ? " open" : ""}><summary>${place(frame)}</summary><pre><code>${lines.join("")}</code></pre></details>`;
}

function folded(frames: readonly ReportedFrame[]): string {
  const where = [
    ...(frames.some(({ owner }) => owner === "package") ? ["packages"] : []),
    ...(frames.some(({ owner }) => owner === "runtime") ? ["Node.js"] : []),
  ].join(" and ");
  const title = `${frames.length} ${frames.length === 1 ? "frame" : "frames"} in ${where}`;
  const rows = frames.map((frame) => `<p>${place(frame)}</p>`);
  return `<details class="folded"><summary>${title}</summary>${rows.join("")}</details>`;
}

function place({ name, file, line, column }: ReportedFrame): string {
  const position = line === 0 ? "" : `<em>:${line}:${column}</em>`;
  const caller = name === "" ? "" : ` <small>${escapeHTML(name)}</small>`;
  return `<code>${escapeHTML(shortPath(file))}${position}</code>${caller}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
};

/**
 * Replaces `&`, `<`, `>`, `"` and `'` by entities, so that the value is text in HTML and in quoted attributes.
 * @throws TypeError for a symbol
 */
export function escapeHTML(value: unknown): string {
  return `${value}`.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** The style of the error page, for light and dark, wide and narrow screens. */
export const ERROR_STYLE: string = `
:root {
  --page: #f6f5f3; --card: #fff; --text: #22201d; --dim: #6d6760; --line: #e2deda;
  --red: #b3261e; --mark: #fdecea; --code: #faf9f7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #171614; --card: #201f1c; --text: #ebe7e1; --dim: #a09990; --line: #37342f;
    --red: #ff8a80; --mark: #43211e; --code: #1a1917;
  }
}
* { box-sizing: border-box }
body {
  margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100%;
}
code, pre, dd, h1 b, h2 b { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875rem }
header { margin-bottom: 1rem; overflow-wrap: anywhere; color: var(--dim) }
header strong { margin-right: .5rem; padding: .15rem .5rem; border-radius: .3rem; background: var(--red); color: var(--card) }
section { margin-bottom: 1rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--card) }
section section { margin: 1.25rem 0 0; padding: 1rem 0 0 1rem; border: 0; border-left: 3px solid var(--line); border-radius: 0 }
.label { margin: 0 0 .25rem; color: var(--dim); font-size: .875rem }
h1, h2 { margin: 0 0 1rem; line-height: 1.4 }
h1 span, h2 span { display: block; color: var(--red); font-size: 1rem }
h1 b, h2 b { display: block; font-size: 1.125rem; font-weight: 600; white-space: pre-wrap; overflow-wrap: anywhere }
h2 b { font-size: 1rem }
h1:last-child, h2:last-child { margin-bottom: 0 }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem .75rem; margin: 0 0 1rem; font-size: .875rem }
dt { max-width: 12rem; overflow-wrap: anywhere; color: var(--dim) }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
ol { margin: 0; padding: 0; list-style: none }
li { padding: .3rem 0 }
li p, summary { margin: 0; padding: .2rem 0; overflow-wrap: anywhere }
summary { cursor: pointer }
em { color: var(--dim); font-style: normal }
small { margin-left: .25rem; color: var(--dim); font-size: .8125rem }
.folded summary, .raw summary { color: var(--dim); font-size: .875rem }
.folded p { padding-left: 1rem; color: var(--dim) }
pre { margin: .4rem 0 .25rem; padding: .6rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; background: var(--code); line-height: 1.6; tab-size: 2 }
pre code { display: block; width: max-content; min-width: 100% }
.line { display: block; position: relative; padding: 0 1rem 0 4rem }
.line i { position: absolute; left: 0; width: 3.25rem; color: var(--dim); font-style: normal; text-align: right; user-select: none; -webkit-user-select: none }
.it { background: var(--mark) }
.caret { color: var(--red); font-weight: 700 }
.raw pre { padding: .75rem 1rem }
footer { margin-top: 1.5rem; color: var(--dim); font-size: .8125rem }
@media (max-width: 40rem) {
  body { padding: 1rem .5rem 2rem }
  section { padding: 1rem .75rem }
  section section { padding-left: .6rem }
  .line { padding-left: 2.75rem }
  .line i { width: 2.25rem }
}
`;
