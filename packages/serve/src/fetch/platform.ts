/** The Fetch standard's objects of this Node.js. */
export interface Platform {
  readonly Request: typeof globalThis.Request;
  readonly Response: typeof globalThis.Response;
  readonly Headers: typeof globalThis.Headers;
  readonly fetch: typeof globalThis.fetch;
}

export type FetchName = keyof Platform;
export const FETCH_NAMES: readonly FetchName[] = ["Request", "Response", "Headers", "fetch"];

/** A copy of this package, of any version, that has replaced the globals. */
export interface Installation {
  /** The globals before. */
  readonly platform: Platform;
  uninstall(): void;
}

/**
 * Our global objects have their installation under this symbol, by which copies of the package find each other: copies share no
 * modules, and a property of the global object would be one more global.
 */
export const INSTALLATION: unique symbol = Symbol.for("mantou.globals") as never;

/** The installation of the globals; null if none of them is a copy's. */
export function findInstallation(): Installation | null {
  for (const name of FETCH_NAMES) {
    const found = (globalThis[name] as { [INSTALLATION]?: Installation } | undefined)?.[INSTALLATION];
    if (found !== undefined) return found;
  }
  return null;
}

/** The platform's own objects, also if another copy of this package has replaced the globals already. */
export const platform: Platform = findInstallation()?.platform ?? keepPlatform();

/** @throws TypeError without a Fetch API, as in jest's environment `jsdom` */
function keepPlatform(): Platform {
  const { Request, Response, Headers, fetch } = globalThis as Partial<Platform>;
  if (Request === undefined || Response === undefined || Headers === undefined || fetch === undefined) {
    throw new TypeError(
      "@mantou/serve needs the globals Request, Response, Headers and fetch, which Node.js has, and which this environment hides. " +
        "In jest's environment jsdom, begin the test file with /** @jest-environment node */.",
    );
  }
  return { Request, Response, Headers, fetch };
}
