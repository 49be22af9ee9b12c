import { inspect } from "node:util";
import { Response } from "./response.ts";

/** What a client is told of a handler's error when it must not be told anything. */
export function plainError(): Response {
  return new Response("Internal Server Error", { status: 500 });
}

/** A page for the developer: message and stack. It shows file paths, so it is for development only. */
export function errorPage(error: unknown): Response {
  const title =
    error instanceof Error ? `${asText(error.name)}: ${asText(error.message)}` : `Thrown: ${asText(error)}`;
  const stack = error instanceof Error && typeof error.stack === "string" ? error.stack : title;
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHTML(title)}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 60rem; padding: 0 1rem; color-scheme: light dark }
  h1 { font-size: 1.3rem; color: #c33 }
  pre { overflow-x: auto; padding: 1rem; border: 1px solid #8884; border-radius: .5rem }
</style>
<h1>${escapeHTML(title)}</h1>
<pre>${escapeHTML(stack)}</pre>
<p>This page is shown because the server runs in development mode. It is turned off by
<code>development: false</code> or <code>NODE_ENV=production</code>.</p>
</html>
`;
  return new Response(html, { status: 500, headers: { "Content-Type": "text/html;charset=UTF-8" } });
}

/** Anything can be thrown, also what has no string and what even `inspect` stumbles over. */
function asText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return inspect(value);
  } catch {
    return "something that cannot be printed";
  }
}

function escapeHTML(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
