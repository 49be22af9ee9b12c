import { Fields, type IncomingRequest } from "@mantou/http1";
import type { PathParams } from "@mantou/router";
import type { HeadersInput } from "../fetch/headers.ts";
import { cookiesOf, replaceMember } from "../fetch/request-source.ts";
import { Response } from "../fetch/response.ts";
import { NULL_BODY_STATUSES } from "../fetch/response-init.ts";
import { toResponse } from "./detached-response.ts";
import type { HttpHost } from "./host.ts";
import type { Outgoing } from "./outgoing.ts";
import { reportFailure } from "./report-error.ts";
import { contextOf, RequestContext, type RequestHost } from "./request-context.ts";

/**
 * A request that came over no connection: that of a call of `server.fetch`.
 * @returns its context, to be handled as that of a connection's request, and the response that it gets
 */
export function detach(
  host: HttpHost,
  request: Request,
): { context: RequestContext; response: Promise<globalThis.Response> } {
  const call = new FetchCall(host);
  return { context: new DetachedRequest(call, request), response: call.response };
}

/** The context of a request that exists already. */
class DetachedRequest extends RequestContext {
  readonly #given: Request;

  constructor(host: RequestHost, request: Request) {
    super(host, headOf(request), null);
    this.#given = request;
  }

  /** Another server may have received the request before: then `server.upgrade` may have taken its connection. */
  override get needsNone(): boolean {
    return super.needsNone || contextOf(this.#given)?.responded === true;
  }

  override makeRequest(params: PathParams): Request {
    return Object.defineProperties(this.#given, {
      params: { value: params, writable: true, configurable: true },
      cookies: {
        get: () => cookiesOf(this),
        set: (value: unknown) => replaceMember(this.#given, "cookies", value),
        configurable: true,
      },
    });
  }
}

/** Stands in for a connection. */
class FetchCall implements RequestHost {
  readonly settings: RequestHost["settings"];
  readonly transport = null;
  readonly bodyComplete = true;
  readonly response: Promise<globalThis.Response>;
  readonly #host: HttpHost;
  #resolve!: (response: Response) => void;

  constructor(host: HttpHost) {
    this.settings = host.settings;
    this.#host = host;
    const response = new Promise<Response>((resolve) => {
      this.#resolve = resolve;
    });
    this.response = response as unknown as Promise<globalThis.Response>;
  }

  setTimeout(): void {}

  /** No WebSocket can be opened here. */
  awaits(): boolean {
    return false;
  }

  send(context: RequestContext, outgoing: Outgoing): void {
    context.responded = true;
    toResponse(context, outgoing, this.#host.settings.encoder).then(
      (response) => this.#end(context, response),
      (error: unknown) => {
        context.responded = false;
        this.fail(context, error);
      },
    );
  }

  fail(context: RequestContext, error: unknown): void {
    if (context.failure === null) {
      this.#host.handleError(error, context);
      return;
    }
    reportFailure(error, context);
    const headers: HeadersInput = context.head.method === "HEAD" ? {} : { "Content-Length": "0" };
    this.#end(context, new Response(null, { status: 500, headers }));
  }

  #end(context: RequestContext, response: Response): void {
    // The length that HEAD and a 304 declare is that of content that they do not have.
    const isEmpty = context.head.method === "HEAD" || NULL_BODY_STATUSES.has(response.status);
    const bytes = isEmpty ? 0 : Number(response.headers.get("Content-Length") ?? 0);
    context.observer?.ended(response.status, bytes, true);
    this.#resolve(response);
  }

  /** There is no client that could get one. */
  sendEarlyHints(): boolean {
    return false;
  }

  /** There is no connection. */
  abort(): boolean {
    return false;
  }

  switchProtocol(): never {
    throw new TypeError("A request that came over no connection cannot be upgraded");
  }
}

/** The request's head, as a connection would have received it. */
function headOf({ method, url, headers }: Request): IncomingRequest {
  const { href, pathname, search, host, hash } = new URL(url);
  // Received fields: what a connection would refuse to send, such as Transfer-Encoding, can stand in them.
  let text = "";
  for (const [name, value] of headers) text += `${name}: ${String(value).replace(/[\r\n]/g, " ")}\r\n`;
  // `search` lacks the "?" of an empty query.
  const query = search === "" && href.endsWith("?", href.length - hash.length) ? "?" : search;
  return {
    type: "request",
    method,
    target: pathname + query,
    minor: 1,
    fields: new Fields(text, 0, text.length),
    host,
    framing: "none",
    length: 0,
    keepAlive: true,
    expectsContinue: false,
    upgrade: null,
  };
}
