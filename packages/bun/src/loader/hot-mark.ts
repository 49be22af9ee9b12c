import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);

/** The folders of our modules, the server's, and those of the WebSocket client, which is loaded at its first use. In a workspace they may be outside of any `node_modules`. */
const OWN: readonly string[] = [
  new URL("..", import.meta.url).href,
  ...["@mantou/serve", "@mantou/websocket"].map((name) => {
    return new URL("dist/", pathToFileURL(require.resolve(`${name}/package.json`))).href;
  }),
];
/** Marks a module's URL with the number of its reload: another URL is another module. */
const HOT = /[?&]hot=(\d+)$/;

/** The newest reload; null before the first one. */
let newest: string | null = null;

/** Whether a module is the entry of a new reload: from now on modules have its mark whose importers have none, such as CommonJS. */
export function beginsReload(url: string): boolean {
  const round = HOT.exec(url)?.[1] ?? null;
  if (round === null || (newest !== null && Number(round) <= Number(newest))) return false;
  newest = round;
  return true;
}

/** The URL of a module with the mark of its importer's reload. As in Bun, dependencies run again, too: they may keep what the program has registered. */
export function markedURL(url: string, importer: string | undefined): string {
  if (newest === null || importer === undefined || HOT.test(url)) return url;
  if (!url.startsWith("file:") || isOwn(url) || isOwn(importer)) return url;
  return `${url}${url.includes("?") ? "&" : "?"}hot=${HOT.exec(importer)?.[1] ?? newest}`;
}

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
