import type { PathParams } from "@mantou/router";
import type { CookieMap } from "../cookies/cookie-map.ts";
import { abortEvent } from "./abort-event.ts";
import { Body, type BodyProducer } from "./body.ts";
import { LightRequest, lightSource } from "./light-request.ts";
import { platform } from "./platform.ts";
import {
  cookiesOf,
  type RequestSource,
  readableBody,
  replaceMember,
  requestFields,
} from "./request-source.ts";
import { sourceURL } from "./request-url.ts";
import { cloneStream } from "./streams.ts";

const { Request: PlatformRequest } = platform;
const { clone: platformClone } = PlatformRequest.prototype;
const platformSignal = Object.getOwnPropertyDescriptor(PlatformRequest.prototype, "signal")!.get as (
  this: Request,
) => AbortSignal;

/** The `params` of a request that no route with parameters matches. */
export const NO_PARAMS: PathParams = Object.freeze(Object.create(null) as PathParams);

/** A received body, and the stream of it that the platform was given. */
interface ReceivedBody {
  readonly source: BodyProducer;
  readonly stream: ReadableStream<Uint8Array>;
}

/**
 * A received request of the platform's class, which every function of the platform takes.
 *
 * The platform's constructor gets neither a signal nor the fields. With a signal it makes a listener, a weak reference and an entry of
 * a FinalizationRegistry, which live until a full collection: 7.5 µs of CPU instead of 1.3 on Node.js 26, and 22 instead of 5 on 20.
 * Fields that are appended are checked as those of its argument are, and converted once less.
 */
class PlatformServerRequest extends PlatformRequest {
  readonly #source: RequestSource;
  readonly #params: PathParams;
  readonly #received: ReceivedBody | null;
  /** Null before the first `clone`. */
  #copies: Request[] | null = null;

  /** @throws TypeError for the methods CONNECT and TRACE, which the standard forbids */
  constructor(source: RequestSource, params: PathParams) {
    const body = readableBody(source);
    const stream = body?.stream() ?? null;
    super(sourceURL(source), initOf(source, stream));
    this.#source = source;
    source.request ??= this;
    this.#params = params;
    this.#received = body === null || stream === null ? null : { source: body, stream };
    const { headers } = this;
    const fields = requestFields(source.head, body !== null);
    for (let i = 0; i < fields.length; i += 2) headers.append(fields[i]!, fields[i + 1]!);
  }

  /** Null for any other value, too. */
  static received(request: unknown): ReceivedBody | null {
    return typeof request === "object" && request !== null && #received in request ? request.#received : null;
  }

  static source(request: object): RequestSource | null {
    return #source in request ? request.#source : null;
  }

  /**
   * Aborts what the platform has made of the request and its clones, `new Request(request)` or `fetch(request)`: that does not ask
   * for `request.signal`, but follows a signal which the platform keeps of each request.
   */
  static abort(request: object, reason: unknown): void {
    if (!(#source in request)) return;
    for (const one of [request, ...(request.#copies ?? [])]) {
      const kept = platformSignal.call(one);
      // Its controller is the platform's own. What follows it reads these, or hears the event.
      Object.defineProperties(kept, { aborted: { value: true }, reason: { value: reason } });
      kept.dispatchEvent(abortEvent(kept));
    }
  }

  /** @param request the received request, or one of its clones */
  static copy(request: Request, received: PlatformServerRequest): Request {
    copyChunks(request.body);
    const copy = platformClone.call(request);
    received.#copies ??= [];
    received.#copies.push(copy);
    return Object.defineProperties(copy, {
      params: { value: received.params, writable: true, configurable: true },
      cookies: {
        get: () => cookiesOf(received.#source),
        set: (value: CookieMap) => replaceMember(copy, "cookies", value),
        configurable: true,
      },
      signal: { get: () => received.#source.signal, enumerable: true, configurable: true },
      clone: {
        value: () => PlatformServerRequest.copy(copy, received),
        writable: true,
        enumerable: true,
        configurable: true,
      },
    });
  }

  get cookies(): CookieMap {
    return cookiesOf(this.#source);
  }

  set cookies(value: CookieMap) {
    replaceMember(this, "cookies", value);
  }

  get params(): PathParams {
    return this.#params;
  }

  set params(value: PathParams) {
    replaceMember(this, "params", value);
  }
}

/** The arguments of the platform's constructor besides the URL. */
function initOf(source: RequestSource, body: ReadableStream<Uint8Array> | null): RequestInit {
  const init: RequestInit = {};
  const { method } = source.head;
  if (method !== "GET") init.method = method;
  if (body !== null) {
    init.body = body;
    init.duplex = "half";
  }
  // `abort` knows one request of a source, and comes once.
  if (source.aborted || source.request !== null) init.signal = source.signal;
  return init;
}

/** The platform clones a body by the `tee` of its stream. Before Node.js 26 both branches of it share their chunks. */
function copyChunks(stream: ReadableStream | null): void {
  if (stream === null) return;
  Object.defineProperty(stream, "tee", { value: () => cloneStream(stream), configurable: true });
}

Object.defineProperties(PlatformServerRequest.prototype, {
  // Code that reads `request.constructor` expects the arguments of the platform's.
  constructor: { value: PlatformRequest },
  clone: {
    enumerable: true,
    value(this: PlatformServerRequest): Request {
      return PlatformServerRequest.copy(this, this);
    },
  },
  // Not the signal that the platform keeps: `abort` makes that one follow.
  signal: {
    enumerable: true,
    get(this: PlatformServerRequest): AbortSignal {
      return PlatformServerRequest.source(this)!.signal;
    },
  },
});

type Reader = (body: Body, type: string) => Promise<unknown>;

/** The standard's readers, each on the received body itself. */
const READERS: Readonly<Record<string, Reader>> = {
  text: (body) => body.text(),
  json: (body) => body.json(),
  bytes: (body) => body.bytes(),
  arrayBuffer: (body) => body.arrayBuffer(),
  blob: (body, type) => body.blob(type),
  formData: (body, type) => body.formData(type),
};

/**
 * Gives the class readers that do not go through the platform's stream. The platform keeps each chunk of a stream as an object
 * until the last one has come (1,000,000 chunks of one byte: 11 s and 323 MB), and its parser refuses forms that common
 * clients send. The platform's functions still know these requests, and find their bodies used.
 */
function readDirectly(): void {
  const { prototype } = PlatformServerRequest;
  const inherited = PlatformRequest.prototype as unknown as Partial<Record<string, () => Promise<unknown>>>;
  for (const [name, read] of Object.entries(READERS)) {
    const platformReader = inherited[name];
    // Node.js 20 has no `bytes`.
    if (platformReader === undefined) continue;
    const methods = {
      [name](this: PlatformServerRequest): Promise<unknown> {
        const received = PlatformServerRequest.received(this);
        if (received === null || !isUntouched(this, received.stream)) return platformReader.call(this);
        const whole = read(new Body(received.source), this.headers.get("content-type") ?? "");
        // The platform's own readers leave the stream at its end and locked.
        received.stream
          .getReader()
          .cancel()
          .catch(() => {});
        return whole;
      },
    };
    Object.defineProperty(prototype, name, {
      ...Object.getOwnPropertyDescriptor(methods, name),
    });
  }
}

/** Whether the stream is neither read, locked nor replaced by a clone's. Otherwise the platform reads the body. */
function isUntouched(request: Request, stream: ReadableStream<Uint8Array>): boolean {
  return !stream.locked && !request.bodyUsed && request.body === stream;
}

readDirectly();

let light = false;

/**
 * Makes `makeRequest` give light requests from now on: the global functions convert them.
 * @param Request our global constructor, which light requests show as theirs
 */
export function useLightRequests(Request: typeof globalThis.Request): void {
  light = true;
  Object.defineProperty(LightRequest.prototype, "constructor", { value: Request });
}

/** Makes `makeRequest` give the platform's requests from now on. */
export function usePlatformRequests(): void {
  light = false;
}

/**
 * Makes the request that handlers get.
 * @throws TypeError for a request that the platform's `Request` does not take
 */
export function makeRequest(source: RequestSource, params: PathParams): Request {
  if (light) return new LightRequest(source, params) as unknown as Request;
  return new PlatformServerRequest(source, params);
}

/** Aborts what the platform's functions have made of a received request. */
export function abortDerived(request: object, reason: unknown): void {
  PlatformServerRequest.abort(request, reason);
}

/** The source of a received request; null for any other value. */
export function sourceOf(request: unknown): RequestSource | null {
  if (typeof request !== "object" || request === null) return null;
  return lightSource(request) ?? PlatformServerRequest.source(request);
}
