import type { RequestInput } from "./api/fetch.ts";
import { Headers } from "./fetch/headers.ts";
import { LightRequest, useLightRequests } from "./fetch/request.ts";
import { Response } from "./fetch/response.ts";

const platform = { Request: globalThis.Request, Response: globalThis.Response, Headers: globalThis.Headers };
const platformFetch = globalThis.fetch;

/** What the platform's functions understand. The content stays with a light request if `init` brings other content. */
function toPlatform(input: unknown, init: RequestInit | null | undefined): RequestInput {
  if (!LightRequest.isLight(input)) return input as RequestInput;
  return input.toPlatform(init?.body === undefined || init.body === null);
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
const fetch: typeof globalThis.fetch = async (input, init) => platformFetch(toPlatform(input, init), init);

/**
 * Replaces the globals `Request`, `Response`, `Headers` and `fetch` by ones that know the light objects. Handlers then
 * get light requests, and `new Response()` makes light responses, without any change to their code.
 */
Object.assign(globalThis, { Request, Response, Headers, fetch });
// What the platform makes has them as its constructors, too: `new Request(url)` here, and what `fetch` gives.
for (const [name, ours] of Object.entries({ Request, Response, Headers })) {
  const { prototype } = platform[name as keyof typeof platform];
  Object.defineProperty(prototype, "constructor", { value: ours, writable: true, configurable: true });
}
useLightRequests(Request);
