/** A plugin of Vite, with Vite's other members. Vite's own type is not named, since programs compile without Vite. */
export interface VitePlugin {
  readonly name: string;
}

/** What a runtime says about the pages of all projects. Bun has it in `[serve.static]` of bunfig.toml. */
export interface PageSettings {
  /** Packages with plugins of Vite that projects without a configuration of Vite need, by what has named them. */
  readonly plugins: Readonly<Record<string, string>>;
  /** Which variables stand for `process.env.NAME` in a page: all, none, or those whose name begins like that. */
  readonly env: "inline" | "disable" | `${string}*`;
  /** `build.sourcemap` of projects that do not set it. */
  readonly sourcemap: boolean | "inline" | "hidden" | undefined;
  /** Makes plugins for imports that the runtime reads in another way than Vite. */
  readonly imports: () => Promise<readonly VitePlugin[]>;
}

const DEFAULTS: PageSettings = { plugins: {}, env: "disable", sourcemap: undefined, imports: async () => [] };

let settings = DEFAULTS;

/** They are read when a project's pages are served or built for the first time. What is not given has its default: nothing. */
export function setPageSettings(given: Partial<PageSettings>): void {
  settings = { ...DEFAULTS, ...given };
}

export function pageSettings(): PageSettings {
  return settings;
}
