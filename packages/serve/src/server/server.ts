import type { PeerCertificate } from "node:tls";
import type { HeadersInit } from "../api/fetch.ts";
import type { SocketAddress } from "../api/network.ts";
import type { ReloadOptions, Server } from "../api/server.ts";
import type { StopOptions } from "../api/stop.ts";
import type { Topics } from "../api/topics.ts";
import type { MessageData } from "../api/websocket.ts";
import { describeValue } from "../errors/text.ts";
import { earlyHintFields } from "../http/early-hints.ts";
import { resolveInteger } from "../options/check.ts";
import { resolveHandlers } from "../options/serve-options.ts";
import { resolveStop } from "../options/stop-options.ts";
import { TLS_OPTION_NAMES } from "../options/tls-options.ts";
import { traced, tracePublish } from "../trace/channels.ts";
import { checkMessage, topicOf } from "../websocket/message.ts";
import { receivedContext } from "./own-request.ts";
import type { ServerState } from "./state.ts";
import { stopWithin } from "./stop.ts";

/** Seconds, the documented maximum. */
const MAX_TIMEOUT = 255;

/** The result of `serve`, which handlers get as `server`. It shows the documented members; its state is private. */
export class MantouServer implements Server<unknown> {
  readonly #state: ServerState;

  constructor(state: ServerState) {
    this.#state = state;
  }

  get id(): string {
    return this.#state.id;
  }

  get url(): URL {
    return this.#state.listener.url;
  }

  get address(): SocketAddress | string | null {
    return this.#state.listener.address;
  }

  get port(): number | undefined {
    return this.#state.listener.port;
  }

  get hostname(): string | undefined {
    return this.#state.listener.hostname;
  }

  get protocol(): "http" | "https" | null {
    return this.#state.protocol;
  }

  get development(): boolean {
    return this.#state.settings.development;
  }

  get ready(): boolean {
    return this.#state.ready;
  }

  get pendingRequests(): number {
    return this.#state.pendingRequests;
  }

  get pendingWebSockets(): number {
    return this.#state.pendingWebSockets;
  }

  get pendingWebsockets(): number {
    return this.#state.pendingWebSockets;
  }

  stop(closeActiveConnections: boolean | StopOptions = false): Promise<void> {
    if (typeof closeActiveConnections !== "object" || closeActiveConnections === null)
      return this.#state.stop(closeActiveConnections);
    return stopWithin(this.#state, resolveStop(closeActiveConnections));
  }

  closeIdleConnections(): number {
    return this.#state.closeIdleConnections();
  }

  reload<R extends string>(options: ReloadOptions<never, R>): this {
    if (typeof options !== "object" || options === null) {
      throw new TypeError(`reload() takes an object of options, and not ${describeValue(options)}`);
    }
    const misplaced = TLS_OPTION_NAMES.find(
      (name) => (Reflect.get(options, name) ?? undefined) !== undefined,
    );
    if (misplaced !== undefined)
      throw new TypeError(`reload() has no option ${misplaced}: write tls.${misplaced}`);
    const given = resolveHandlers(options as ReloadOptions<never, string>);
    const old = this.#state.handlers;
    const namesHandlers = [given.fetch, given.routes, given.error, given.websocket].some(
      (each) => each !== undefined,
    );
    if (!namesHandlers && given.tls === undefined) throw new TypeError("reload() needs something to change");
    const fetch = given.fetch ?? old.fetch;
    // As in Bun, routes belong together with the handlers. But a server needs routes or `fetch`.
    const keepsRoutes = !namesHandlers || fetch === undefined;
    this.#state.replace({
      routes: given.routes ?? (keepsRoutes ? old.routes : undefined),
      fetch,
      error: given.error ?? old.error,
      websocket: given.websocket ?? old.websocket,
      tls: given.tls,
    });
    return this;
  }

  fetch(request: Request | string | URL): Promise<Response> {
    return this.#state.fetch(request);
  }

  upgrade(request: Request, options?: { headers?: HeadersInit; data?: unknown }): boolean {
    const context = receivedContext(request, "upgrade");
    if (options !== undefined && options !== null && typeof options !== "object") {
      throw new TypeError(
        `The options of server.upgrade() must be an object, and not ${describeValue(options)}`,
      );
    }
    return context !== null && this.#state.upgrade(context, options?.headers, options?.data);
  }

  publish(topic: string, data: MessageData | Blob, compress = true): number {
    const name = topicOf(topic);
    const { publisher } = this.#state;
    if (traced.publications)
      return tracePublish({ server: this, topic: name, data, socket: null }, () =>
        publisher.publish(name, data, compress),
      );
    if (!publisher.isUnheard(name)) return publisher.publish(name, data, compress);
    checkMessage(data);
    return 0;
  }

  subscriberCount(topic: string): number {
    return this.#state.publisher.broker.subscriberCount(topicOf(topic));
  }

  get topics(): Topics {
    return this.#state.topics;
  }

  requestIP(request: Request): SocketAddress | null {
    return receivedContext(request, "requestIP")?.clientAddress ?? null;
  }

  peerCertificate(request: Request): { certificate: PeerCertificate; authorized: boolean } | null {
    return receivedContext(request, "peerCertificate")?.host.transport?.peerCertificate() ?? null;
  }

  earlyHints(request: Request, headers: HeadersInit): boolean {
    if (headers === undefined || headers === null) throw new TypeError("earlyHints() needs headers");
    const fields = earlyHintFields(headers);
    const context = receivedContext(request, "earlyHints");
    return context?.host.sendEarlyHints(context, fields) ?? false;
  }

  abort(request: Request): boolean {
    const context = receivedContext(request, "abort");
    return context?.host.abort(context) ?? false;
  }

  timeout(request: Request, seconds: number): void {
    // There is no default: an argument that is missing by mistake must not mean "for ever".
    if (seconds === undefined || seconds === null) throw new TypeError("timeout() needs a number of seconds");
    const checked = resolveInteger(seconds, "seconds", MAX_TIMEOUT, 0);
    const context = receivedContext(request, "timeout");
    context?.host.setTimeout(context, checked);
  }

  ref(): void {
    this.#state.listener.ref();
  }

  unref(): void {
    this.#state.listener.unref();
  }

  /** The same four names as Bun's. */
  get [Symbol.toStringTag](): string {
    return `${this.development ? "Debug" : ""}HTTP${this.#state.settings.secure ? "S" : ""}Server`;
  }

  [Symbol.dispose](): void {
    void this.stop(true);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop(true);
  }
}
