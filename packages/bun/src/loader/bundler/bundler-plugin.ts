/** Plugins of Bun's bundler, as plugins of Vite for pages. */
import { dirname, extname, isAbsolute, resolve } from "node:path";
import type { MayLoad } from "@mantou/html";
import type { Plugin } from "vite";
import { moduleOf } from "../data/data-source.ts";
import { isCode, loaderKind } from "../data/formats.ts";
import { type DataFormat, parseData } from "../data/parse-data.ts";
import { runOxc } from "../transform/oxc.ts";

type Callback<Given, Result> = (given: Given) => Result | undefined | Promise<Result | undefined>;

/** The default export of a module that `plugins` of bunfig.toml names. */
export interface BundlerPlugin {
  readonly name: string;
  setup(build: object): unknown;
}

interface Constraints {
  readonly filter: RegExp;
  readonly namespace?: string;
}

interface Place {
  readonly path: string;
  readonly namespace: string;
}

interface Loaded {
  readonly contents?: string | Uint8Array;
  readonly loader?: string;
}

type Resolver = Constraints & {
  readonly run: Callback<
    Place & { importer: string; resolveDir: string; kind: string },
    { path: string; namespace?: string; external?: boolean }
  >;
};
type Loader = Constraints & { readonly run: Callback<Place & { loader: string; side: string }, Loaded> };

const FILE = "file";
/** The id of a module that is no file. */
const ID = /^\0bun-([^:]+):(.*)\.js$/;

/**
 * A plugin of Vite that calls what the plugin registers: `onStart`, `onResolve` and `onLoad`, for modules and data.
 * @param mayLoad whether a page may have a file: a browser can ask for the module of any
 * @throws Error for what Vite has no place for: `onBeforeParse`, `onEnd`
 */
export async function adaptPlugin({ name, setup }: BundlerPlugin, mayLoad: MayLoad): Promise<Plugin> {
  const starts: (() => unknown)[] = [];
  const resolvers: Resolver[] = [];
  const loaders: Loader[] = [];
  /** The ids of modules that are no files, which a module of the page has imported. */
  const made = new Set<string>();
  const absent = (member: string) => () => {
    throw new Error(`${name} of bunfig.toml calls ${member}, which pages have not: use a plugin of Vite`);
  };
  const build = {
    config: {},
    onStart: (run: () => unknown) => add(starts, run),
    onResolve: (on: Constraints, run: Resolver["run"]) => add(resolvers, { ...on, run }),
    onLoad: (on: Constraints, run: Loader["run"]) => add(loaders, { ...on, run }),
    onEnd: absent("onEnd"),
    onBeforeParse: absent("onBeforeParse"),
    module: absent("module"),
  };
  const add = <T>(list: T[], item: T): typeof build => {
    list.push(item);
    return build;
  };
  await setup(build);
  return {
    name: `bun:${name}`,
    enforce: "pre",
    buildStart: async () => {
      for (const start of starts) await start();
    },
    async resolveId(source, importer) {
      if (ID.test(source)) return made.has(source) ? source : null;
      const from = placeOf(importer ?? "");
      for (const { filter, namespace = FILE, run } of resolvers) {
        if (namespace !== from.namespace || !filter.test(source)) continue;
        const resolveDir = from.namespace === FILE && importer !== undefined ? dirname(from.path) : "";
        const kind = importer === undefined ? "entry-point-build" : "import-statement";
        const result = await run({ path: source, namespace, importer: from.path, resolveDir, kind });
        if (result === undefined || result === null) continue;
        if (result.external === true) return { id: result.path, external: true };
        if (result.namespace !== undefined && result.namespace !== FILE) {
          const id = `\0bun-${result.namespace}:${result.path}.js`;
          made.add(id);
          return id;
        }
        return isAbsolute(result.path) ? result.path : resolve(resolveDir, result.path);
      }
      return null;
    },
    async load(id) {
      const place = placeOf(id);
      if (ID.test(id) ? !made.has(id) : !mayLoad(place.path)) return null;
      for (const { filter, namespace = FILE, run } of loaders) {
        if (namespace !== place.namespace || !filter.test(place.path)) continue;
        const loader = extname(place.path).slice(1);
        const result = await run({ ...place, loader, side: "client" });
        if (result?.contents === undefined) continue;
        if (namespace === FILE) this.addWatchFile(place.path);
        return codeOf(name, place.path, result);
      }
      return null;
    },
  };
}

function placeOf(id: string): Place {
  const [, namespace = FILE, path = id.replace(/\?.*$/, "")] = ID.exec(id) ?? [];
  return { path, namespace };
}

/** JavaScript. Without a loader it is by the file's extension, and else JavaScript already. */
function codeOf(name: string, path: string, { contents = "", loader }: Loaded): string {
  const text = typeof contents === "string" ? contents : Buffer.from(contents).toString();
  const given = loader ?? (loaderKind(extname(path).slice(1)) == null ? "js" : extname(path).slice(1));
  const kind = loaderKind(given);
  if (kind === "text") return `export default ${JSON.stringify(text)};`;
  if (kind === "json" || kind === "jsonc" || kind === "json5" || kind === "toml" || kind === "yaml")
    return moduleOf(parseData(path, text, kind satisfies DataFormat));
  if (kind == null || !isCode(kind))
    throw new Error(`${name} of bunfig.toml gives ${path} the loader ${given}, which pages have not`);
  // Vite transforms files of these extensions itself.
  if (kind === "js" || /\.[mc]?[jt]sx?$/.test(path)) return text;
  return runOxc(`${path}.${kind}`, text, { lang: kind, jsx: { runtime: "automatic" } }).code;
}
