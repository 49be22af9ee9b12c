import type { PathParams } from "@mantou/router";
import type { CookieMap } from "../cookies/cookie-map.ts";
import { Body, type BodyProducer } from "./body.ts";
import { LightRequest, lightSource } from "./light-request.ts";
import { platform } from "./platform.ts";
import {
  cookiesOf,
  platformInit,
  type RequestSource,
  readableBody,
  replaceMember,
  requestFields,
} from "./request-source.ts";
import { sourceURL } from "./request-url.ts";
import { cloneStream } from "./streams.ts";

const { Request: PlatformRequest } = platform;

/** The `params` of a request that no route with parameters matches. */
export const NO_PARAMS: PathParams = Object.freeze(Object.create(null) as PathParams);

/** A received body, and the stream of it that the platform was given. */
interface ReceivedBody {
  readonly source: BodyProducer;
  readonly stream: ReadableStream<Uint8Array>;
}

/** A received request of the platform's class, which every function of the platform takes. */
class PlatformServerRequest extends PlatformRequest {
  readonly #source: RequestSource;
  readonly #params: PathParams;
  readonly #received: ReceivedBody | null;

  /** @throws TypeError for the methods CONNECT and TRACE, which the standard forbids */
  constructor(source: RequestSource, params: PathParams) {
    const body = readableBody(source);
    const fields = requestFields(source.head, body !== null);
    const stream = body?.stream() ?? null;
    super(sourceURL(source), platformInit(source, fields, stream));
    this.#source = source;
    source.request = this;
    this.#params = params;
    this.#received = body === null || stream === null ? null : { source: body, stream };
  }

  static received(request: PlatformServerRequest): ReceivedBody | null {
    return request.#received;
  }

  static source(request: object): RequestSource | null {
    return #source in request ? request.#source : null;
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

const { clone } = PlatformRequest.prototype;

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
      copyChunks(this.body);
      const copy = clone.call(this);
      const source = PlatformServerRequest.source(this)!;
      return Object.defineProperties(copy, {
        params: { value: this.params, writable: true, configurable: true },
        cookies: {
          get: () => cookiesOf(source),
          set: (value: CookieMap) => replaceMember(copy, "cookies", value),
          configurable: true,
        },
      });
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

/** The source of a received request; null for any other value. */
export function sourceOf(request: unknown): RequestSource | null {
  if (typeof request !== "object" || request === null) return null;
  return lightSource(request) ?? PlatformServerRequest.source(request);
}
