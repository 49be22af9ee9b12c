import type { PathParams } from "@mantou/router";
import { Body, NULL_BODY } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { Headers } from "./headers.ts";
import { requestURL } from "./request-url.ts";

const PlatformRequest: typeof globalThis.Request = globalThis.Request;

const NO_PARAMS: PathParams = Object.freeze(Object.create(null) as PathParams);

/**
 * A received request, light: URL, headers and content are made when a handler asks for them.
 *
 * `instanceof` the platform's `Request` holds and it behaves as one; but the platform's own functions look for private
 * state that only its constructor makes. So it is what handlers get once `@mantou/serve/register` has replaced those
 * functions by ones that unwrap it (`toPlatform`), and never without.
 */
export class LightRequest {
  readonly #exchange: Exchange;
  readonly #body: Body;
  readonly params: PathParams;
  #url: string | null = null;
  #headers: Headers | null = null;

  constructor(exchange: Exchange, params: PathParams, body?: Body) {
    this.#exchange = exchange;
    this.params = params;
    this.#body = body ?? (exchange.body === null ? NULL_BODY : new Body(exchange.body));
  }

  static exchange(request: object): Exchange | null {
    return #exchange in request ? request.#exchange : null;
  }

  get method(): string {
    return this.#exchange.head.method;
  }

  get url(): string {
    const { head, host } = this.#exchange;
    this.#url ??= requestURL(head, host.secure, host.authority);
    return this.#url;
  }

  get headers(): Headers {
    this.#headers ??= Headers.received(this.#exchange.head.fields.list);
    return this.#headers;
  }

  get signal(): AbortSignal {
    return this.#exchange.signal;
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
    return new LightRequest(this.#exchange, this.params, this.#body.clone());
  }

  /** The same request as the platform's functions need it. Takes the content over. */
  toPlatform(): Request {
    return new PlatformRequest(this.url, platformInit(this.#exchange, this.body));
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

Object.setPrototypeOf(LightRequest.prototype, PlatformRequest.prototype);

/** A received request that is the platform's own, and so works in every function of the platform. */
class PlatformServerRequest extends PlatformRequest {
  readonly #exchange: Exchange;
  readonly params: PathParams;

  /** @throws TypeError for what the standard forbids a Request: the methods CONNECT and TRACE */
  constructor(exchange: Exchange, params: PathParams) {
    const { head, host } = exchange;
    // The standard has no GET or HEAD with content; what comes all the same can be read by nobody.
    const body = head.method === "GET" || head.method === "HEAD" ? null : (exchange.body?.stream() ?? null);
    super(requestURL(head, host.secure, host.authority), platformInit(exchange, body));
    this.#exchange = exchange;
    this.params = params;
  }

  static exchange(request: object): Exchange | null {
    return #exchange in request ? request.#exchange : null;
  }
}

function platformInit(exchange: Exchange, body: ReadableStream<Uint8Array> | null): RequestInit {
  const { head, signal } = exchange;
  const { list } = head.fields;
  const headers: [string, string][] = [];
  for (let i = 0; i < list.length; i += 2) headers.push([list[i]!, list[i + 1]!]);
  const init: RequestInit = { method: head.method, headers, signal };
  return body === null ? init : { ...init, body, duplex: "half" };
}

let light = false;

/** From now on handlers get light requests: the platform's functions unwrap them. Called by `register` alone. */
export function useLightRequests(): void {
  light = true;
}

/** @throws TypeError if the platform's `Request` cannot be made of it */
export function makeRequest(exchange: Exchange, params: PathParams = NO_PARAMS): Request {
  if (light) return new LightRequest(exchange, params) as unknown as Request;
  return new PlatformServerRequest(exchange, params);
}

/** The exchange that a request stands for; null for one that was not received here. */
export function exchangeOf(request: unknown): Exchange | null {
  if (typeof request !== "object" || request === null) return null;
  return LightRequest.exchange(request) ?? PlatformServerRequest.exchange(request);
}
