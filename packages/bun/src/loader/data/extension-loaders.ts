/** How files are read by their extensions, where the program says so: `[loader]` of bunfig.toml and `--loader`. */
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { type Kind, loaderKind, loaderNames } from "./formats.ts";

/** Threads that start later have the data of the thread that starts them: workers, and the thread of the hooks. */
const KEY = "mantou.loaders";

type Loaders = Readonly<Record<string, Kind>>;

/** What is wrong with a loader for an extension; null if nothing is. */
export function loaderFault(extension: string, loader: string): string | null {
  if (!extension.startsWith(".") || extension === ".")
    return `an extension begins with a dot, and ${JSON.stringify(extension)} does not`;
  const kind = loaderKind(loader);
  if (kind === undefined)
    return `there is no loader ${JSON.stringify(loader)}; there are ${loaderNames().join(", ")}`;
  return kind === null ? `the loader ${JSON.stringify(loader)} is not there in Mantou` : null;
}

/** @param loaders without a fault: loaders by extension, with its dot */
export function setLoaders(loaders: Readonly<Record<string, string>>): void {
  const entries = Object.entries(loaders);
  if (entries.length === 0) return;
  const kinds = entries.map(([extension, name]) => [extension, loaderKind(name)]);
  setEnvironmentData(KEY, Object.fromEntries(kinds));
}

/** What the program says about files of the extension; undefined if nothing. */
export function loaderOf(extension: string): Kind | undefined {
  const loaders = getEnvironmentData(KEY) as Loaders | undefined;
  return loaders !== undefined && Object.hasOwn(loaders, extension) ? loaders[extension] : undefined;
}
