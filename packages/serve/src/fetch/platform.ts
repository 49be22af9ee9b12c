/** The Fetch standard's objects, as this Node.js has them. */
export interface Platform {
  readonly Request: typeof globalThis.Request;
  readonly Response: typeof globalThis.Response;
  readonly Headers: typeof globalThis.Headers;
  readonly fetch: typeof globalThis.fetch;
}

export type FetchName = keyof Platform;
export const FETCH_NAMES: readonly FetchName[] = ["Request", "Response", "Headers", "fetch"];

/** A copy of this package that has replaced the globals: this one, another one, or another version. */
export interface Installation {
  /** What was there before. */
  readonly platform: Platform;
  uninstall(): void;
}

/**
 * The global objects that are ours carry their installation under this symbol: copies of the package share neither modules nor
 * anything else, and a property of the global object itself would be one more global.
 */
export const INSTALLATION: unique symbol = Symbol.for("mantou.globals") as never;

/** The installation that the globals belong to; null if none of them is any copy's. */
export function findInstallation(): Installation | null {
  for (const name of FETCH_NAMES) {
    const found = (globalThis[name] as { [INSTALLATION]?: Installation } | undefined)?.[INSTALLATION];
    if (found !== undefined) return found;
  }
  return null;
}

/** The platform's own, whatever the globals are: another copy of this package may have replaced them already. */
export const platform: Platform = findInstallation()?.platform ?? keepPlatform();

/** @throws TypeError where there is no Fetch API, as in jest's environment `jsdom` */
function keepPlatform(): Platform {
  const { Request, Response, Headers, fetch } = globalThis as Partial<Platform>;
  if (Request === undefined || Response === undefined || Headers === undefined || fetch === undefined) {
    throw new TypeError(
      "@mantou/serve needs the globals Request, Response, Headers and fetch, which Node.js has and this environment hides. " +
        "In jest's environment jsdom, begin the test file with /** @jest-environment node */.",
    );
  }
  return { Request, Response, Headers, fetch };
}
