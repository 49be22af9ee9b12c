/** A plugin of Vite, with Vite's other members. Vite's own type is not named, since programs compile without Vite. */
export interface VitePlugin {
  readonly name: string;
}

/** A plugin of Vite that stands for one of another bundler. */
export interface NeededPlugin {
  readonly package: string;
  /** The export of the package that makes the plugin. */
  readonly member: string;
  /** With which the name of the plugin begins, or the names of several. */
  readonly prefix: string;
  /** What has named it, for an error. */
  readonly namedBy: string;
}

/** Whether Vite may read a file for a page, wherever links lead: `server.fs` of its configuration says so. A build reads each. */
export type MayLoad = (file: string) => boolean;

/** What a runtime says about the pages of all projects. Bun has it in `[serve.static]` of bunfig.toml. */
export interface PageSettings {
  /** Plugins of Vite that projects need, unless their configuration of Vite has them. */
  readonly plugins: readonly NeededPlugin[];
  /** Which variables stand for `process.env.NAME` in a page: all, none, or those whose name begins like that. */
  readonly env: "inline" | "disable" | `${string}*`;
  /** `build.sourcemap` of projects that do not set it. */
  readonly sourcemap: boolean | "inline" | "hidden" | undefined;
  /**
   * Makes plugins for imports that the runtime reads in another way than Vite. In development a browser can ask for any module by its id, so a
   * plugin asks before it reads a file.
   */
  readonly imports: (mayLoad: MayLoad) => Promise<readonly VitePlugin[]>;
}

const DEFAULTS: PageSettings = { plugins: [], env: "disable", sourcemap: undefined, imports: async () => [] };

let settings = DEFAULTS;

/** They are read when a project's pages are served or built for the first time. What is not given has its default: nothing. */
export function setPageSettings(given: Partial<PageSettings>): void {
  settings = { ...DEFAULTS, ...given };
}

export function pageSettings(): PageSettings {
  return settings;
}
