import { Headers } from "./headers.ts";
import type { RequestInput } from "./platform-types.ts";
import { LightRequest, useLightRequests } from "./request.ts";
import { Response } from "./response.ts";

const PlatformRequest = globalThis.Request;
const platformFetch = globalThis.fetch;

/** What the platform's functions understand. */
function toPlatform(input: unknown): RequestInput {
  return input instanceof LightRequest ? input.toPlatform() : (input as RequestInput);
}

/**
 * The global `Request` once light ones are about. What applications construct themselves is the platform's; what it is
 * made from may be light.
 */
const Request = new Proxy(PlatformRequest, {
  construct(target, [input, init]: [unknown, RequestInit | undefined], newTarget): object {
    return Reflect.construct(target, [toPlatform(input), init], newTarget) as object;
  },
});

const fetch: typeof globalThis.fetch = (input, init) => platformFetch(toPlatform(input), init);

/**
 * Replaces the globals `Request`, `Response`, `Headers` and `fetch` by ones that know the light objects. Handlers then
 * get light requests, and `new Response()` makes light responses, without any change to their code.
 */
Object.assign(globalThis, { Request, Response, Headers, fetch });
useLightRequests();
