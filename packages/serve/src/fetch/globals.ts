import process from "node:process";
import type { RequestInput } from "../api/fetch.ts";
import { Headers } from "./headers.ts";
import { isLightRequest, toPlatformRequest } from "./light-request.ts";
import { FETCH_NAMES, type FetchName, findInstallation, INSTALLATION, platform } from "./platform.ts";
import { useLightRequests, usePlatformRequests } from "./request.ts";
import { Response } from "./response.ts";

/** What the platform's functions understand. The content stays with a light request if `init` brings other content. */
function toPlatform(input: unknown, init: RequestInit | null | undefined): RequestInput {
  if (isLightRequest(input)) return toPlatformRequest(input, init?.body === undefined || init.body === null);
  if (isForeignRequest(input)) {
    throw new TypeError(
      "This Request is of another implementation, such as the package undici: use its own fetch, or the global Request",
    );
  }
  return input as RequestInput;
}

/** The platform would take it for an address, and complain of `[object Request]`. */
function isForeignRequest(input: unknown): boolean {
  return (
    typeof input === "object" &&
    Object.prototype.toString.call(input) === "[object Request]" &&
    !(input instanceof platform.Request)
  );
}

/**
 * The global `Request` once light ones are about. What applications construct themselves is the platform's; what it is
 * made from may be light.
 */
const Request = new Proxy(platform.Request, {
  construct(target, [input, ...more]: [unknown, RequestInit?], newTarget): object {
    return Reflect.construct(target, [toPlatform(input, more[0]), ...more], newTarget) as object;
  },
});

/** Rejects where it cannot be done, as the platform's does. */
const fetch: typeof globalThis.fetch = async (input, init = undefined) =>
  platform.fetch(toPlatform(input, init), init);

const ours: Readonly<Record<FetchName, object>> = { Request, Response, Headers, fetch };

/**
 * Makes the globals `Request`, `Response`, `Headers` and `fetch` ours: handlers get light requests, and `new Response()` makes
 * light responses, without any change to their code. Does nothing
 * - with `MANTOU_GLOBALS=0`,
 * - where another copy of this package has done it: what handlers of this copy get is the platform's then, which that copy's
 *   `fetch` and `Request` understand, and its responses are instances of the platform's class like any other's,
 * - where a global cannot be replaced, because they were frozen.
 */
export function install(): void {
  if (process.env["MANTOU_GLOBALS"] === "0" || findInstallation() !== null) return;
  const before = FETCH_NAMES.map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  if (before.some(([, descriptor]) => descriptor?.configurable === false)) return;
  for (const [name, descriptor] of before) {
    const enumerable = descriptor?.enumerable ?? false;
    Object.defineProperty(globalThis, name, {
      value: ours[name],
      writable: true,
      configurable: true,
      enumerable,
    });
  }
  nameConstructors({ Request, Response, Headers });
  useLightRequests(Request);

  const installation = { platform, uninstall };
  for (const object of [Response, Headers, fetch]) {
    Object.defineProperty(object, INSTALLATION, { value: installation, configurable: true });
  }

  function uninstall(): void {
    for (const object of [Response, Headers, fetch]) Reflect.deleteProperty(object, INSTALLATION);
    usePlatformRequests();
    nameConstructors(platform);
    for (const [name, descriptor] of before) {
      // What has been put in the place of ours since then stays.
      if (globalThis[name] !== ours[name]) continue;
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}

/**
 * Makes the globals what they were before this package, or another copy of it, has replaced them. Servers that run go on, and
 * their handlers get the platform's requests. For tests.
 */
export function uninstall(): void {
  findInstallation()?.uninstall();
}

/** What the platform makes has the globals as its constructors, too: `new Request(url)`, and what `fetch` gives. */
function nameConstructors(constructors: Readonly<Record<"Request" | "Response" | "Headers", unknown>>): void {
  for (const name of ["Request", "Response", "Headers"] as const) {
    const original = platform[name];
    // A context of `node:vm`, as each of jest's test files has one, may have the classes of the main one: they are not its own.
    if (Object.getPrototypeOf(original) !== Function.prototype) continue;
    // Frozen prototypes stay as they are.
    Reflect.defineProperty(original.prototype, "constructor", {
      value: constructors[name],
      writable: true,
      configurable: true,
    });
  }
}
