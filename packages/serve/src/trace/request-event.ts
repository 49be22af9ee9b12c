import type { Server } from "../api/server.ts";
import type { RequestEvent } from "../api/trace.ts";
import { Headers } from "../fetch/headers.ts";
import { sourceURL } from "../fetch/request-url.ts";
import type { RequestContext } from "../http/request-context.ts";

/** What the channels publish of a request. What takes time is made when it is read. */
export class TracedRequest implements RequestEvent {
  readonly server: Server<unknown>;
  readonly method: string;
  readonly httpVersion: "1.0" | "1.1";
  readonly remoteAddress: string | null;
  status: number | null = null;
  bytes = 0;
  aborted = false;
  error: unknown = undefined;
  readonly #context: RequestContext;
  #headers: globalThis.Headers | null = null;

  constructor(server: Server<unknown>, context: RequestContext) {
    this.server = server;
    this.#context = context;
    const { head } = context;
    this.method = head.method;
    this.httpVersion = head.minor === 0 ? "1.0" : "1.1";
    this.remoteAddress = context.clientAddress?.address ?? null;
  }

  get url(): string {
    return sourceURL(this.#context);
  }

  get route(): string | null {
    return this.#context.route;
  }

  get headers(): globalThis.Headers {
    if (this.#headers === null) {
      const { list } = this.#context.head.fields;
      const headers = new Headers();
      for (let i = 0; i < list.length; i += 2) headers.append(list[i]!, list[i + 1]!);
      this.#headers = headers as unknown as globalThis.Headers;
    }
    return this.#headers;
  }
}
