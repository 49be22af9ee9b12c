import { Body, type BodyInput, extractBody, NULL_BODY } from "./body.ts";
import { freezeHeaders, Headers, type HeadersInput } from "./headers.ts";
import { platform } from "./platform.ts";
import { joinPlatformClass } from "./web-class.ts";

export interface ResponseInit {
  /** 200-599, or 101 (which Bun allows). Default 200. */
  status?: number;
  statusText?: string;
  headers?: HeadersInput | undefined;
}

/** Statuses that forbid content (the standard's "null body status"). */
const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([101, 204, 205, 304]);
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

type ResponseType = "default" | "error" | "basic";

/** What the server needs in order to send a response of ours; null if it is the platform's, or anything else. */
export let responseParts: (value: unknown) => ResponseParts | null;

/**
 * The Fetch standard's `Response`, light: the platform's takes 5 to 15 µs to make and as long again to read, which is
 * more than all the rest of answering a request; this one is read synchronously by the server.
 *
 * `instanceof` the platform's `Response` holds. The methods of one are not for instances of the other.
 */
export class Response {
  #status: number;
  #statusText: string;
  #body: Body;
  /** The Content-Type that the content implies, as long as no headers were made. */
  #impliedType: string;
  #headers: Headers | null;
  #type: ResponseType = "default";

  /**
   * @throws RangeError for a status outside 200-599 (101 excepted), TypeError for content (but an empty text) with a status
   *   that has none, a status text or header that HTTP cannot carry, or a stream that is locked or has been read
   */
  constructor(body?: BodyInput, init?: ResponseInit | null) {
    this.#status = 200;
    this.#statusText = "";
    this.#headers = null;
    if (init !== undefined && init !== null) {
      if (typeof init !== "object" && typeof init !== "function") {
        throw new TypeError("A response's init must be an object");
      }
      const { status, statusText, headers } = init;
      if (status !== undefined) this.#status = checkStatus(status);
      if (statusText !== undefined) this.#statusText = checkStatusText(statusText);
      if (headers !== undefined) this.#headers = new Headers(headers);
    }
    if (typeof body === "string" && (body !== "" || !NULL_BODY_STATUSES.has(this.#status))) {
      this.#body = new Body(body);
      this.#impliedType = "text/plain;charset=UTF-8";
    } else if (body === "") {
      // Elysia makes a 204 so, which the platform's refuses, and Bun's does not.
      this.#body = NULL_BODY;
      this.#impliedType = "";
    } else {
      const extracted = extractBody(body);
      this.#body = extracted.body;
      this.#impliedType = extracted.type;
    }
    if (!this.#body.isNull) this.#checkMayHaveBody();
    if (this.#headers !== null) this.#addImpliedType(this.#headers);
  }

  /** @throws TypeError for data that JSON has no text for */
  static json(data: unknown, init?: ResponseInit | null): Response {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("The data has no JSON text");
    const response = new Response(null, init);
    response.#checkMayHaveBody();
    response.#body = new Body(text);
    response.#impliedType = "application/json";
    if (response.#headers !== null) response.#addImpliedType(response.#headers);
    return response;
  }

  /**
   * Unlike the platform's, it takes a relative address and an init, and its headers can be changed, all as Bun's:
   * `Location` may be relative (RFC 9110 §10.2.2), and who signs a user in redirects and sets a cookie.
   * @throws RangeError for a status that is no redirect, TypeError for an address that no header can carry
   */
  static redirect(url: string | URL, status: number | ResponseInit = 302): Response {
    const init = typeof status === "object" && status !== null ? status : { status };
    const code = init.status === undefined ? 302 : checkRedirectStatus(init.status);
    const address = String(url);
    const response = new Response(null, { ...init, status: code });
    response.headers.set("location", URL.canParse(address) ? new URL(address).href : address);
    return response;
  }

  static error(): Response {
    const response = new Response(null);
    response.#status = 0;
    response.#type = "error";
    freezeHeaders(response.headers);
    return response;
  }

  static {
    responseParts = (value) => {
      if (typeof value !== "object" || value === null || !(#impliedType in value)) return null;
      return value.#parts;
    };
  }

  get #parts(): ResponseParts {
    return {
      status: this.#status,
      statusText: this.#statusText,
      impliedType: this.#impliedType,
      headers: this.#headers,
      body: this.#body,
    };
  }

  get type(): ResponseType {
    return this.#type;
  }

  get url(): string {
    return "";
  }

  get redirected(): boolean {
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

  get [Symbol.toStringTag](): string {
    return "Response";
  }

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

joinPlatformClass(Response, platform.Response, (response) => {
  const { status, statusText, headers, body, bodyUsed, ok, redirected, type, url } = response;
  return { status, statusText, headers, body, bodyUsed, ok, redirected, type, url };
});

export interface ResponseParts {
  readonly status: number;
  readonly statusText: string;
  /** Stands for the headers if they are null; "" for no header at all. */
  readonly impliedType: string;
  readonly headers: Headers | null;
  readonly body: Body;
}

/** Web IDL's conversion to unsigned short, as which a status is declared; of a BigInt too, as the platform's and Bun's do it. */
function toUnsignedShort(status: number): number {
  return Number(status) & 0xffff;
}

function checkStatus(status: number): number {
  const code = toUnsignedShort(status);
  if (code !== 101 && !(code >= 200 && code < 600))
    throw new RangeError(`A response's status must be from 200 to 599, not ${status}`);
  return code;
}

function checkRedirectStatus(status: number): number {
  const code = toUnsignedShort(status);
  if (!REDIRECT_STATUSES.has(code)) throw new RangeError(`${status} is not the status of a redirect`);
  return code;
}

function checkStatusText(text: string): string {
  const phrase = `${text}`;
  if (/[^\t\x20-\x7e\x80-\xff]/.test(phrase)) throw new TypeError("The status text is not a reason phrase");
  return phrase;
}
