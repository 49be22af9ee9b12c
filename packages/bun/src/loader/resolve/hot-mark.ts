/** The marks of `--hot` in the URLs of modules. */
import { isOwn } from "./module-url.ts";

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

/** The URL without such a mark. */
export function unmarkedURL(url: string): string {
  return url.replace(HOT, "");
}

/** The URL of a module with the mark of its importer's reload. As in Bun, dependencies run again, too: they may keep what the program has registered. */
export function markedURL(url: string, importer: string | undefined): string {
  if (newest === null || importer === undefined || HOT.test(url)) return url;
  if (!url.startsWith("file:") || isOwn(url) || isOwn(importer)) return url;
  return `${url}${url.includes("?") ? "&" : "?"}hot=${HOT.exec(importer)?.[1] ?? newest}`;
}
