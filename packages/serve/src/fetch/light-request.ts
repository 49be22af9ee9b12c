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
import { joinPlatformClass, readByPlatform } from "./web-class.ts";

const { Request: PlatformRequest } = platform;

export let isLightRequest: (value: unknown) => value is LightRequest;
export let lightSource: (request: object) => RequestSource | null;
/**
 * Makes a request of the platform's class, for the platform's functions.
 * @param withBody whether it gets the body, which `useBody` then takes away
 * @throws TypeError if it is to get the body, and that has been used
 */
export let toPlatformRequest: (request: LightRequest, withBody: boolean) => Request;
/** Takes the body away from a request, after another has got it. */
export let useBody: (request: LightRequest) => void;

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
      const body = withBody ? request.#body.lendStream() : null;
      return new PlatformRequest(
        request.url,
        platformInit(request.#source, headerList(request.headers), body),
      );
    };
    useBody = (request) => request.#body.markUsed();
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
    return isLightRequest(this) ? this.#body.text() : readByPlatform(PlatformRequest, "text", this);
  }

  textStream(): ReadableStream<string> {
    return this.#body.textStream();
  }

  json(): Promise<unknown> {
    return isLightRequest(this) ? this.#body.json() : readByPlatform(PlatformRequest, "json", this);
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return isLightRequest(this) ? this.#body.bytes() : readByPlatform(PlatformRequest, "bytes", this);
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return isLightRequest(this)
      ? this.#body.arrayBuffer()
      : readByPlatform(PlatformRequest, "arrayBuffer", this);
  }

  blob(): Promise<Blob> {
    return isLightRequest(this)
      ? this.#body.blob(this.headers.get("content-type") ?? "")
      : readByPlatform(PlatformRequest, "blob", this);
  }

  formData(): Promise<FormData> {
    return isLightRequest(this)
      ? this.#body.formData(this.headers.get("content-type") ?? "")
      : readByPlatform(PlatformRequest, "formData", this);
  }

  /** @throws TypeError if the body has been used */
  clone(): LightRequest {
    const copy = new LightRequest(this.#source, this.#params);
    copy.#body = this.#body.clone();
    copy.#headers = this.#headers === null ? null : new Headers(this.#headers);
    return copy;
  }

  get cache(): Request["cache"] {
    this.#checkClass();
    return "default";
  }

  get credentials(): Request["credentials"] {
    this.#checkClass();
    return "same-origin";
  }

  get destination(): Request["destination"] {
    this.#checkClass();
    return "";
  }

  get duplex(): "half" {
    this.#checkClass();
    return "half";
  }

  get integrity(): string {
    this.#checkClass();
    return "";
  }

  get keepalive(): boolean {
    this.#checkClass();
    return false;
  }

  get isReloadNavigation(): boolean {
    this.#checkClass();
    return false;
  }

  get isHistoryNavigation(): boolean {
    this.#checkClass();
    return false;
  }

  get mode(): Request["mode"] {
    this.#checkClass();
    return "cors";
  }

  get redirect(): Request["redirect"] {
    this.#checkClass();
    return "follow";
  }

  get referrer(): string {
    this.#checkClass();
    return "about:client";
  }

  get referrerPolicy(): Request["referrerPolicy"] {
    this.#checkClass();
    return "";
  }

  declare readonly [Symbol.toStringTag]: string;

  /** @throws TypeError for an object of another class, as all that a private member is called on (Web IDL) */
  #checkClass(): void {}
}

joinPlatformClass(LightRequest, PlatformRequest, (request) => {
  const { method, url, headers, params, body, bodyUsed } = request;
  return { method, url, headers, params, body, bodyUsed };
});
