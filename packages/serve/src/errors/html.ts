import type { ErrorReport, ReportedFrame } from "./error-report.ts";
import { escapeHTML } from "./escape-html.ts";
import { ERROR_STYLE } from "./style.ts";
import { caretOf, errorText, shortPath, titleOf } from "./text.ts";

/** How many sources are open when the page is: the place itself, and who called it. */
const OPEN_SOURCES = 2;
const MAX_TITLE_LENGTH = 200;

/**
 * The report as a page: one file, without scripts, that needs nothing from elsewhere.
 * @param asked method and target of the request
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
<footer>This page shows source code to whoever asks, because the server runs in development mode.
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

/** Frames in a row that are not the application's are folded into one line. */
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
