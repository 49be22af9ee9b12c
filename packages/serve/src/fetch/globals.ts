import type { RequestInput } from "../api/fetch.ts";
import { Headers } from "./headers.ts";
import { isLightRequest, toPlatformRequest, useBody } from "./light-request.ts";
import { FETCH_NAMES, type FetchName, findInstallation, INSTALLATION, platform } from "./platform.ts";
import { useLightRequests, usePlatformRequests } from "./request.ts";
import { Response } from "./response.ts";
import { announceWhole, isDisturbed, toByteStream, toStream } from "./streams.ts";

/** Converts a light request for the platform's functions. Its body stays with it if `init` has another one. */
function toPlatform(input: unknown, init: RequestInit | null | undefined): RequestInput {
  if (isLightRequest(input)) return toPlatformRequest(input, !hasBody(init));
  if (isForeignRequest(input)) {
    throw new TypeError(
      "This Request is of another implementation, such as the package undici: use its own fetch, or the global Request",
    );
  }
  return input as RequestInput;
}

function hasBody(init: RequestInit | null | undefined): boolean {
  return init?.body !== undefined && init.body !== null;
}

/** The `init` of a request. A body that is produced in time becomes a stream of bytes, as of a `Response`, and needs no `duplex`. */
function withBytes(init: RequestInit | null | undefined): RequestInit | null | undefined {
  const body: unknown = init?.body;
  if (!isProduced(body) || init instanceof platform.Request) return init;
  const { duplex = "half" } = init as { readonly duplex?: unknown };
  const replaced: Readonly<Record<string, unknown>> = { body: producedBytes(body), duplex };
  // The members of a class may read its private state, so that they need the object itself.
  return new Proxy(replaced, {
    get: (_, name) => Reflect.get(Object.hasOwn(replaced, name) ? replaced : (init as object), name),
  }) as RequestInit;
}

/** @throws TypeError for a stream that is locked or has been read */
function producedBytes(body: Produced): ReadableStream<Uint8Array> {
  if (typeof body === "function") return toStream(body());
  if (!(body instanceof ReadableStream)) return toStream(body);
  if (body.locked || isDisturbed(body))
    throw new TypeError("The body is a stream that is locked or has been read");
  announceWhole(body);
  return toByteStream(body);
}

type Produced = AsyncIterable<string | Uint8Array> | (() => AsyncIterable<string | Uint8Array>);

/** Whether a body is a stream, an async iterable or a generator function. FormData and Blobs are none of these. */
function isProduced(body: unknown): body is Produced {
  if (typeof body === "function") return true;
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

/** Whether a request is neither ours nor the platform's, which would take it for an address: `[object Request]`. */
function isForeignRequest(input: unknown): boolean {
  return (
    typeof input === "object" &&
    Object.prototype.toString.call(input) === "[object Request]" &&
    !(input instanceof platform.Request)
  );
}

/**
 * Our global `Request`. It constructs requests of the platform's class, also from light ones.
 */
const Request = new Proxy(platform.Request, {
  construct(target, [input, ...more]: [unknown, RequestInit?], newTarget): object {
    const [init, ...rest] = more;
    const request = Reflect.construct(
      target,
      [toPlatform(input, init), withBytes(init), ...rest],
      newTarget,
    ) as object;
    // The platform has accepted all arguments: what it refuses keeps its body.
    if (isLightRequest(input) && !hasBody(init)) useBody(input);
    return request;
  },
});

/** Our global `fetch`, which converts light requests. */
export const fetch: typeof globalThis.fetch = async (input, init = undefined) => {
  const request = toPlatform(input, init);
  const fetched = platform.fetch(request, withBytes(init) ?? undefined);
  // The platform locks a body that it takes; what it refuses keeps its body.
  if (isLightRequest(input) && !hasBody(init) && (request as Request).body?.locked === true) useBody(input);
  return fetched;
};

const ours: Readonly<Record<FetchName, object>> = { Request, Response, Headers, fetch };

/**
 * Makes the globals `Request`, `Response`, `Headers` and `fetch` ours: handlers get light requests, and `new Response()` makes
 * light responses, without a change of their code. Does nothing
 * - with `MANTOU_GLOBALS=0`,
 * - after another copy of this package has done it. Handlers of this copy get the platform's requests then, which that copy's
 *   `fetch` and `Request` know, and return that copy's responses, which are instances of the platform's class,
 * - if the globals are frozen.
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
      // A later replacement of ours stays.
      if (globalThis[name] !== ours[name]) continue;
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}

/**
 * Puts the globals back that this package, or another copy of it, has replaced. Running servers go on, and their handlers get the
 * platform's requests. For tests.
 */
export function uninstall(): void {
  findInstallation()?.uninstall();
}

/** Makes objects of the platform, such as those of `fetch`, show the globals as their constructors. */
function nameConstructors(constructors: Readonly<Record<"Request" | "Response" | "Headers", unknown>>): void {
  for (const name of ["Request", "Response", "Headers"] as const) {
    const original = platform[name];
    // A context of `node:vm`, such as jest's for each test file, may have the classes of the main context: they stay as they are.
    if (Object.getPrototypeOf(original) !== Function.prototype) continue;
    // Frozen prototypes stay as they are.
    Reflect.defineProperty(original.prototype, "constructor", {
      value: constructors[name],
      writable: true,
      configurable: true,
    });
  }
}
