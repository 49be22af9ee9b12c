import { realpathSync } from "node:fs";
import { fileBelow, Response, serve } from "@mantou/serve";
import { folderBelow, listing } from "./listing.ts";
import { missing, pageHeaders } from "./page.ts";

const dir = process.argv[2] ?? "public";
const root = realpathSync(dir);

/** A file, with its type, ranges and conditions; the page or the list of a folder; or a page that says that there is nothing. */
function respond(url: URL): Response {
  const path = decoded(url.pathname);
  const isFolder = path.endsWith("/");
  // There is no way out of the folder: no "..", and no symbolic link.
  const found = fileBelow(root, isFolder ? `${path.slice(1)}index.html` : path.slice(1));
  if (found !== null) return new Response(found);
  const folder = folderBelow(root, path);
  if (folder === null) return new Response(missing(), { status: 404, headers: pageHeaders });
  if (isFolder) return new Response(listing(root, folder), { headers: pageHeaders });
  // The links of a list are relative to its address, which therefore ends in a slash.
  const location = `${url.pathname.slice(url.pathname.lastIndexOf("/") + 1)}/${url.search}`;
  return new Response(null, { status: 301, headers: { location: `./${location}` } });
}

/** The path as the file system has it; one that encodes no text leads to nothing. */
function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return "/\0";
  }
}

const server = serve({
  fetch(request) {
    if (request.method === "GET" || request.method === "HEAD") return respond(new URL(request.url));
    return new Response(null, { status: 405, headers: { allow: "GET, HEAD" } });
  },
});

console.log(`${dir} is at ${server.url}`);
