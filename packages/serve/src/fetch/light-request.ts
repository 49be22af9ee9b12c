import type { PathParams } from "@mantou/router";
import type { CookieMap } from "../cookies/cookie-map.ts";
import { Body, NULL_BODY } from "./body.ts";
import { Headers, headerList, receivedHeaders } from "./headers.ts";
import { platform } from "./platform.ts";
import {
  cookiesOf,
  normalizeMethod,
  platformInit,
  type RequestSource,
  readableBody,
  replaceMember,
  requestFields,
} from "./request-source.ts";
import { sourceURL } from "./request-url.ts";
import { joinPlatformClass } from "./web-class.ts";

const { Request: PlatformRequest } = platform;

export let isLightRequest: (value: unknown) => value is LightRequest;
export let lightSource: (request: object) => RequestSource | null;
/**
 * Makes a request of the platform's class, for the platform's functions.
 * @param withBody whether it takes the body over
 * @throws TypeError if the body is to be taken over and has been used
 */
export let toPlatformRequest: (request: LightRequest, withBody: boolean) => Request;

/**
 * A received request, light: a handler's first access makes its URL, its headers and its body.
 *
 * `instanceof` the platform's `Request` holds, and it behaves as one. But the platform's own functions look for private
 * state that only the platform's constructor makes. So handlers get light requests only while the global functions are ours:
 * those convert them by `toPlatformRequest`.
 */
export class LightRequest {
  readonly #source: RequestSource;
  #body: Body;
  readonly #params: PathParams;
  #url: string | null = null;
  #headers: Headers | null = null;

  constructor(source: RequestSource, params: PathParams) {
    this.#source = source;
    this.#params = params;
    const body = readableBody(source);
    this.#body = body === null ? NULL_BODY : new Body(body);
  }

  static {
    isLightRequest = (value): value is LightRequest =>
      typeof value === "object" && value !== null && #source in value;
    lightSource = (request) => (#source in request ? request.#source : null);
    toPlatformRequest = (request, withBody) => {
      const body = withBody ? request.#body.takeStream() : null;
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
    this.#url ??= sourceURL(this.#source);
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
    replaceMember(this, "cookies", value);
  }

  get params(): PathParams {
    return this.#params;
  }

  set params(value: PathParams) {
    replaceMember(this, "params", value);
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#body.stream;
  }

  get bodyUsed(): boolean {
    return this.#body.used;
  }

  // `Response` has the same methods, which `duplicates` reports. A shared mixin would be one more call for each body that is read,
  // and the methods would not be members of the class for the compiler.

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
    const copy = new LightRequest(this.#source, this.#params);
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
