/** Whose module a URL names, and its file. */
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);

/** The folders of our modules, the server's, and those of the WebSocket client, which is loaded at its first use. In a workspace they may be outside of any `node_modules`. */
const OWN: readonly string[] = [
  new URL("../..", import.meta.url).href,
  ...["@mantou/serve", "@mantou/websocket"].map((name) => {
    return new URL("dist/", pathToFileURL(require.resolve(`${name}/package.json`))).href;
  }),
];
/** Whether a module is of the program itself: neither a dependency, nor ours, nor Node's. */
export function isProgram(url: string): boolean {
  return url.startsWith("file:") && !url.includes("/node_modules/") && !isOwn(url);
}

/** Whether a module is ours, the server's or the WebSocket client's: Node.js loads it as it is. */
export function isOwn(url: string): boolean {
  return OWN.some((folder) => url.startsWith(folder));
}

/** The path of a module's file; null if its URL names no file. The query is no part of it. */
export function pathOf(url: string): string | null {
  if (!url.startsWith("file:")) return null;
  const end = url.search(/[?#]/);
  return fileURLToPath(end < 0 ? url : url.slice(0, end));
}
