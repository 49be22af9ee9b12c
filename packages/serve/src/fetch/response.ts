import { Body, NULL_BODY } from "./body.ts";
import { type BodyInput, extractBody } from "./extract-body.ts";
import { freezeHeaders, Headers } from "./headers.ts";
import { platform } from "./platform.ts";
import {
  checkRedirectStatus,
  checkStatus,
  checkStatusText,
  NULL_BODY_STATUSES,
  type ResponseInit,
  toUnsignedShort,
} from "./response-init.ts";
import { joinPlatformClass, readByPlatform } from "./web-class.ts";

type ResponseType = "default" | "error" | "basic";

/** The parts of a response of ours, for the server; null for a response of the platform, or any other value. */
export let responseParts: (value: unknown) => ResponseParts | null;

let isOurs: (value: unknown) => value is Response;

/** The body of a response of ours, if it is at hand and not used; null for another. */
export function heldBytes(response: unknown): string | Uint8Array | null {
  const body = responseParts(response)?.body;
  if (body === undefined || body.used || body.mustBeRead) return null;
  const { held } = body;
  return held === null ? "" : typeof held === "string" || held instanceof Uint8Array ? held : null;
}

/**
 * The Fetch standard's `Response`, light. The platform's takes 5 to 15 µs to make and as long again to read, more than the
 * whole rest of a request. The server reads this one synchronously.
 *
 * `instanceof` the platform's `Response` holds. The readers of this class read a body of the platform's instances, too; all other
 * methods of one class throw for instances of the other.
 */
export class Response {
  #status: number;
  #statusText: string;
  #body: Body;
  /** The Content-Type that the body implies, until the headers are made. */
  #impliedType: string;
  #headers: Headers | null;
  #type: ResponseType = "default";

  /**
   * @throws RangeError for a status outside 200-599 (101 excepted)
   * @throws TypeError for a body, other than an empty string, with a status that forbids one; for a status text or a header that
   *   HTTP cannot carry; for a stream that is locked or has been read
   */
  constructor(body?: BodyInput, init?: ResponseInit | null) {
    this.#status = 200;
    this.#statusText = "";
    this.#headers = null;
    if (typeof body === "string") {
      this.#body = new Body(body);
      this.#impliedType = "text/plain;charset=UTF-8";
    } else {
      const extracted = extractBody(body);
      this.#body = extracted.body;
      this.#impliedType = extracted.type;
    }
    if (init === undefined || init === null) return;
    if (typeof init !== "object" && typeof init !== "function") {
      throw new TypeError("A response's init must be an object");
    }
    // Web IDL reads members in this order, and converts all of them before the standard checks one.
    const { headers, status, statusText } = init;
    if (headers !== undefined) this.#headers = new Headers(headers);
    const code = status === undefined ? 200 : toUnsignedShort(status);
    const text = statusText === undefined ? "" : `${statusText}`;
    this.#status = checkStatus(code, status);
    this.#statusText = checkStatusText(text);
    if (body === "" && NULL_BODY_STATUSES.has(this.#status)) {
      // Elysia makes a 204 with an empty string, which Bun takes, and the platform's class does not.
      this.#body = NULL_BODY;
      this.#impliedType = "";
    }
    if (!this.#body.isNull) this.#checkMayHaveBody();
    if (this.#headers !== null) this.#addImpliedType(this.#headers);
  }

  /**
   * A response of JSON, with the Content-Type `application/json` unless `init` has another.
   * @param init a status alone, too, as in Bun
   * @throws TypeError for data without a JSON text, such as undefined; otherwise as the constructor
   */
  static json(data: unknown, init?: ResponseInit | number | null): Response {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("The data has no JSON text");
    const response = new Response(null, typeof init === "number" ? { status: init } : init);
    response.#checkMayHaveBody();
    response.#body = new Body(text);
    response.#impliedType = "application/json";
    if (response.#headers !== null) response.#addImpliedType(response.#headers);
    return response;
  }

  /**
   * A redirect, after Bun's. Unlike the platform's it takes a relative address (RFC 9110 §10.2.2) and an `init`, and its headers
   * can be changed: a login redirects and sets a cookie.
   * @param status 301, 302, 303, 307 or 308, or an `init` with one; default 302
   * @throws RangeError for another status, TypeError for an address that no header can carry
   */
  static redirect(url: string | URL, status: number | ResponseInit = 302): Response {
    // Its text would be a relative address, which only a client finds to be wrong.
    if (url === undefined || url === null) throw new TypeError("Response.redirect() needs a URL");
    const init = typeof status === "object" && status !== null ? status : { status };
    const code = init.status === undefined ? 302 : checkRedirectStatus(init.status);
    const address = String(url);
    const response = new Response(null, { ...init, status: code });
    response.headers.set("location", toLocation(address));
    return response;
  }

  /** A network error: status 0, type `"error"`, headers that cannot be changed. */
  static error(): Response {
    const response = new Response(null);
    response.#status = 0;
    response.#type = "error";
    freezeHeaders(response.headers);
    return response;
  }

  static {
    isOurs = (value): value is Response =>
      typeof value === "object" && value !== null && #impliedType in value;
    responseParts = (value) => {
      if (!isOurs(value)) return null;
      return {
        status: value.#status,
        statusText: value.#statusText,
        impliedType: value.#impliedType,
        headers: value.#headers,
        body: value.#body,
      };
    };
  }

  get type(): ResponseType {
    return this.#type;
  }

  get url(): string {
    this.#checkClass();
    return "";
  }

  get redirected(): boolean {
    this.#checkClass();
    return false;
  }

  get status(): number {
    return this.#status;
  }

  get ok(): boolean {
    return this.#status >= 200 && this.#status <= 299;
  }

  get statusText(): string {
    return this.#statusText;
  }

  get headers(): Headers {
    this.#headers ??= this.#addImpliedType(new Headers());
    return this.#headers;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#body.stream as ReadableStream<Uint8Array<ArrayBuffer>> | null;
  }

  get bodyUsed(): boolean {
    return this.#body.used;
  }

  text(): Promise<string> {
    return isOurs(this) ? this.#body.text() : readByPlatform(platform.Response, "text", this);
  }

  textStream(): ReadableStream<string> {
    return this.#body.textStream();
  }

  json(): Promise<unknown> {
    return isOurs(this) ? this.#body.json() : readByPlatform(platform.Response, "json", this);
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return isOurs(this) ? this.#body.bytes() : readByPlatform(platform.Response, "bytes", this);
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return isOurs(this) ? this.#body.arrayBuffer() : readByPlatform(platform.Response, "arrayBuffer", this);
  }

  blob(): Promise<Blob> {
    return isOurs(this)
      ? this.#body.blob(this.#contentType())
      : readByPlatform(platform.Response, "blob", this);
  }

  formData(): Promise<FormData> {
    return isOurs(this)
      ? this.#body.formData(this.#contentType())
      : readByPlatform(platform.Response, "formData", this);
  }

  /** @throws TypeError if the body has been used */
  clone(): Response {
    const copy = new Response(null);
    copy.#body = this.#body.clone();
    copy.#status = this.#status;
    copy.#statusText = this.#statusText;
    copy.#type = this.#type;
    copy.#impliedType = this.#impliedType;
    copy.#headers = this.#headers === null ? null : new Headers(this.#headers);
    if (copy.#type === "error") freezeHeaders(copy.headers);
    return copy;
  }

  declare readonly [Symbol.toStringTag]: string;

  /** The Content-Type, also for a subclass with headers of its own. */
  #contentType(): string {
    return this.#headers === null ? this.#impliedType : (this.#headers.get("content-type") ?? "");
  }

  /** @throws TypeError for an object of another class, as all that a private member is called on (Web IDL) */
  #checkClass(): void {}

  #checkMayHaveBody(): void {
    if (NULL_BODY_STATUSES.has(this.#status))
      throw new TypeError(`A response with status ${this.#status} has no body`);
  }

  #addImpliedType(headers: Headers): Headers {
    if (this.#impliedType !== "" && !headers.has("content-type"))
      headers.append("content-type", this.#impliedType);
    return headers;
  }
}

/** A reference to a URI, which is ASCII (RFC 9110 §10.2.2). A relative one has its other characters encoded as the URL standard encodes them. */
function toLocation(address: string): string {
  if (URL.canParse(address)) return new URL(address).href;
  return address.replace(/\p{Surrogate}/gu, "\ufffd").replace(/[^\x00-\x7f]+/g, encodeURIComponent);
}

joinPlatformClass(Response, platform.Response, (response) => {
  const { status, statusText, headers, body, bodyUsed, ok, redirected, type, url } = response;
  return { status, statusText, headers, body, bodyUsed, ok, redirected, type, url };
});

export interface ResponseParts {
  readonly status: number;
  readonly statusText: string;
  /** The Content-Type if the headers are null; "" for no Content-Type. */
  readonly impliedType: string;
  readonly headers: Headers | null;
  readonly body: Body;
}
