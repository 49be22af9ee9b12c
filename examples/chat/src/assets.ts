import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const contentTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/**
 * Headers of every response. The policy lets the page load its own script, style and image and talk to its own server,
 * and nothing else: if a message ever got into the markup, a browser would still not run it.
 */
export const securityHeaders: Record<string, string> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * A file as a static route: read once, here, and sent from memory.
 *
 * @throws where the file cannot be read or its extension has no content type above.
 */
export function asset(file: URL): Response {
  const contentType = contentTypes[extname(file.pathname)];
  if (contentType === undefined) throw new Error(`No content type is known for ${fileURLToPath(file)}`);
  return new Response(readFileSync(file), {
    // "no-cache" makes the browser ask first: after an update, a new page must not meet an old script from its cache.
    headers: { ...securityHeaders, "content-type": contentType, "cache-control": "no-cache" },
  });
}

/** A static route for each file of a folder (not of folders within), "index.html" as "/". */
export function assets(folder: URL): Record<string, Response> {
  const routes: Record<string, Response> = {};
  for (const name of readdirSync(folder)) {
    routes[name === "index.html" ? "/" : `/${name}`] = asset(new URL(name, folder));
  }
  return routes;
}

/** A static route for each module beside the one with this URL, which a page imports without a bundler. */
export function modules(entry: string, prefix: string): Record<string, Response> {
  const folder = new URL("./", entry);
  const names = readdirSync(folder).filter((name) => extname(name) === ".js");
  return Object.fromEntries(names.map((name) => [prefix + name, asset(new URL(name, folder))]));
}
