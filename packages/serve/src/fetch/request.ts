import type { PathParams } from "@mantou/router";
import type { CookieMap } from "../cookies/cookie-map.ts";
import { Body, type BodyProducer, NULL_BODY } from "./body.ts";
import { Headers, headerList, receivedHeaders } from "./headers.ts";
import { platform } from "./platform.ts";
import { type ReceivedContent, readDirectly } from "./platform-readers.ts";
import { requestFields } from "./request-fields.ts";
import { normalizeMethod } from "./request-method.ts";
import { cookiesOf, type RequestSource, replaceCookies } from "./request-source.ts";
import { requestURL } from "./request-url.ts";
import { cloneStream } from "./streams.ts";
import { joinPlatformClass } from "./web-class.ts";

const { Request: PlatformRequest } = platform;

const NO_PARAMS: PathParams = Object.freeze(Object.create(null) as PathParams);

export let isLightRequest: (value: unknown) => value is LightRequest;
let lightSource: (request: object) => RequestSource | null;
/**
 * The same request as the platform's functions need it.
 * @param withContent takes the content over too
 * @throws TypeError if it is wanted and has been used
 */
export let toPlatformRequest: (request: LightRequest, withContent: boolean) => Request;

/**
 * A received request, light: URL, headers and content are made when a handler asks for them.
 *
 * `instanceof` the platform's `Request` holds and it behaves as one; but the platform's own functions look for private
 * state that only its constructor makes. So it is what handlers get once the global ones have been replaced by ones that
 * unwrap it (`toPlatformRequest`), and never without.
 */
export class LightRequest {
  readonly #source: RequestSource;
  #body: Body;
  readonly params: PathParams;
  #url: string | null = null;
  #headers: Headers | null = null;

  constructor(source: RequestSource, params: PathParams) {
    this.#source = source;
    this.params = params;
    const content = contentOf(source);
    this.#body = content === null ? NULL_BODY : new Body(content);
  }

  static {
    isLightRequest = (value): value is LightRequest =>
      typeof value === "object" && value !== null && #source in value;
    lightSource = (request) => (#source in request ? request.#source : null);
    toPlatformRequest = (request, withContent) => {
      const body = withContent ? request.#body.takeStream() : null;
      return new PlatformRequest(
        request.url,
        platformInit(request.#source, headerList(request.headers), body),
      );
    };
  }

  get method(): string {
    return normalizeMethod(this.#source.head.method);
  }

  get url(): string {
    const { head, host } = this.#source;
    this.#url ??= requestURL(head, host.secure, host.authority);
    return this.#url;
  }

  get headers(): Headers {
    this.#headers ??= receivedHeaders(requestFields(this.#source.head, !this.#body.isNull));
    return this.#headers;
  }

  get signal(): AbortSignal {
    return this.#source.signal;
  }

  get cookies(): CookieMap {
    return cookiesOf(this.#source);
  }

  set cookies(value: CookieMap) {
    replaceCookies(this, value);
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#body.stream;
  }

  get bodyUsed(): boolean {
    return this.#body.used;
  }

  text(): Promise<string> {
    return this.#body.text();
  }

  textStream(): ReadableStream<string> {
    return this.#body.textStream();
  }

  json(): Promise<unknown> {
    return this.#body.json();
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#body.bytes();
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#body.arrayBuffer();
  }

  blob(): Promise<Blob> {
    return this.#body.blob(this.headers.get("content-type") ?? "");
  }

  formData(): Promise<FormData> {
    return this.#body.formData(this.headers.get("content-type") ?? "");
  }

  /** @throws TypeError if the body has been used */
  clone(): LightRequest {
    const copy = new LightRequest(this.#source, this.params);
    copy.#body = this.#body.clone();
    copy.#headers = this.#headers === null ? null : new Headers(this.#headers);
    return copy;
  }

  get cache(): Request["cache"] {
    return "default";
  }

  get credentials(): Request["credentials"] {
    return "same-origin";
  }

  get destination(): Request["destination"] {
    return "";
  }

  get duplex(): "half" {
    return "half";
  }

  get integrity(): string {
    return "";
  }

  get keepalive(): boolean {
    return false;
  }

  get isReloadNavigation(): boolean {
    return false;
  }

  get isHistoryNavigation(): boolean {
    return false;
  }

  get mode(): Request["mode"] {
    return "cors";
  }

  get redirect(): Request["redirect"] {
    return "follow";
  }

  get referrer(): string {
    return "about:client";
  }

  get referrerPolicy(): Request["referrerPolicy"] {
    return "";
  }

  get [Symbol.toStringTag](): string {
    return "Request";
  }
}

joinPlatformClass(LightRequest, PlatformRequest, (request) => {
  const { method, url, headers, params, body, bodyUsed } = request;
  return { method, url, headers, params, body, bodyUsed };
});

/** A received request that is the platform's own, and so works in every function of the platform. */
class PlatformServerRequest extends PlatformRequest {
  readonly #source: RequestSource;
  readonly params: PathParams;
  readonly #content: ReceivedContent | null;

  /** @throws TypeError for what the standard forbids a Request: the methods CONNECT and TRACE */
  constructor(source: RequestSource, params: PathParams) {
    const { head, host } = source;
    const content = contentOf(source);
    const fields = requestFields(head, content !== null);
    const stream = content?.stream() ?? null;
    super(requestURL(head, host.secure, host.authority), platformInit(source, fields, stream));
    this.#source = source;
    source.request = this;
    this.params = params;
    this.#content = content === null || stream === null ? null : { source: content, stream };
  }

  static content(request: PlatformServerRequest): ReceivedContent | null {
    return request.#content;
  }

  static source(request: object): RequestSource | null {
    return #source in request ? request.#source : null;
  }

  get cookies(): CookieMap {
    return cookiesOf(this.#source);
  }

  set cookies(value: CookieMap) {
    replaceCookies(this, value);
  }
}

const { clone } = PlatformRequest.prototype;

/** The platform clones a body by the `tee` of its stream, which gives both branches the same chunks before Node.js 26. */
function copyChunks(stream: ReadableStream | null): void {
  if (stream === null) return;
  Object.defineProperty(stream, "tee", { value: () => cloneStream(stream), configurable: true });
}

Object.defineProperties(PlatformServerRequest.prototype, {
  // What looks at `request.constructor` wants one that takes what it knows.
  constructor: { value: PlatformRequest },
  clone: {
    enumerable: true,
    value(this: PlatformServerRequest): Request {
      copyChunks(this.body);
      const copy = Object.assign(clone.call(this), { params: this.params });
      const source = PlatformServerRequest.source(this)!;
      return Object.defineProperty(copy, "cookies", {
        get: () => cookiesOf(source),
        set: (value: CookieMap) => replaceCookies(copy, value),
        configurable: true,
      });
    },
  },
});

readDirectly(PlatformServerRequest.prototype, PlatformServerRequest.content);

/** The standard has no GET or HEAD with content; what comes all the same can be read by nobody, as in Bun. */
function contentOf({ head, body }: RequestSource): BodyProducer | null {
  if (body === null) return null;
  const method = normalizeMethod(head.method);
  return method === "GET" || method === "HEAD" ? null : body;
}

function platformInit(
  { head, signal }: RequestSource,
  fields: readonly string[],
  body: ReadableStream<Uint8Array> | null,
): RequestInit {
  const headers: [string, string][] = [];
  for (let i = 0; i < fields.length; i += 2) headers.push([fields[i]!, fields[i + 1]!]);
  const init: RequestInit = { method: head.method, headers, signal };
  return body === null ? init : { ...init, body, duplex: "half" };
}

let light = false;

/**
 * From now on handlers get light requests: the global functions unwrap them.
 * @param Request the constructor that does, which light requests show as theirs
 */
export function useLightRequests(Request: typeof globalThis.Request): void {
  light = true;
  Object.defineProperty(LightRequest.prototype, "constructor", { value: Request });
}

/** From now on handlers get the platform's requests. */
export function usePlatformRequests(): void {
  light = false;
}

/** @throws TypeError if the platform's `Request` cannot be made of it */
export function makeRequest(source: RequestSource, params: PathParams = NO_PARAMS): Request {
  if (light) return new LightRequest(source, params) as unknown as Request;
  return new PlatformServerRequest(source, params);
}

/** What a request was made of; null for one that was not received here. */
export function sourceOf(request: unknown): RequestSource | null {
  if (typeof request !== "object" || request === null) return null;
  return lightSource(request) ?? PlatformServerRequest.source(request);
}
