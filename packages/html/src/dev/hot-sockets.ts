import { timingSafeEqual } from "node:crypto";
import type { Server, ServerWebSocket, WebSocketHandler } from "@mantou/serve";
import type { CustomPayload, HotChannel, HotChannelClient, HotPayload } from "vite";

/** The server that a page is connected to: pages of several servers share a channel. */
export interface HotData {
  readonly server: object;
  readonly isPing: boolean;
}

type Socket = ServerWebSocket<HotData>;
type Listener = (data: unknown, client: HotChannelClient) => void;

/** The subprotocols that Vite's client asks for: the second one only asks whether the server is there. */
const PROTOCOLS = { hot: "vite-hmr", ping: "vite-ping" } as const;
/** What pages have on their console. */
const CONSOLE = "vite:forward-console";
const GOING_AWAY = 1001;
/** A page asks for its modules, one of which may fail, and is connected within this time. A later page asks for them itself. */
const CONNECTING_MS = 5000;
/** A page's messages are its logs and what plugins send. */
const MESSAGE_BYTES = 16 * 1024 * 1024;

/** Carries what Vite and the pages that it serves tell each other, over WebSockets of our server. */
export class HotSockets implements HotChannel {
  readonly #base: string;
  readonly #clients = new Map<Socket, HotChannelClient>();
  readonly #listeners = new Map<string, Set<Listener>>();
  /** A reload from before the first page was connected, or the last error, for pages that are about to connect. */
  #held: { readonly payload: HotPayload; readonly since: number } | null = null;
  /** Modules that have failed since pages were last told to load again, by their ids. */
  readonly #failed = new Set<string>();

  /** Handlers for the route of the WebSockets. */
  readonly websocket: WebSocketHandler<HotData> = {
    maxPayloadLength: MESSAGE_BYTES,
    open: (socket) => this.#open(socket),
    message: (socket, data) => this.#receive(socket, data),
    close: (socket) => this.#close(socket),
  };

  /** @param base where the URLs of the project begin */
  constructor(base: string) {
    this.#base = base;
  }

  send(payload: HotPayload): void {
    if (payload.type === "error") {
      if (payload.err.id !== undefined) this.#failed.add(payload.err.id);
      this.#hold(payload);
    } else if (payload.type === "update") {
      this.#held = null;
    } else if (payload.type === "full-reload") {
      this.#failed.clear();
      this.#held = null;
      if (this.#clients.size === 0) this.#hold(payload);
    }
    const text = JSON.stringify(payload);
    for (const socket of this.#clients.keys()) socket.send(text);
  }

  on(event: string, listener: Listener): void {
    const listeners = this.#listeners.get(event);
    if (listeners === undefined) this.#listeners.set(event, new Set([listener]));
    else listeners.add(listener);
  }

  off(event: string, listener: Listener): void {
    this.#listeners.get(event)?.delete(listener);
  }

  /** Whether a module has failed since pages were last told to load again. */
  hasFailed(id: string): boolean {
    return this.#failed.has(id);
  }

  /** Vite closes a channel when its configuration changes; the pages stay connected, and reload. */
  close(): void {
    this.#listeners.clear();
  }

  /** Closes the WebSockets of one server. */
  closeFor(server: object): void {
    for (const socket of [...this.#clients.keys()])
      if (socket.data.server === server) socket.close(GOING_AWAY, "Server closed");
  }

  #open(socket: Socket): void {
    if (socket.data.isPing) {
      socket.close(1000);
      return;
    }
    this.#clients.set(socket, { send: (payload: HotPayload) => void socket.send(JSON.stringify(payload)) });
    this.#emit("vite:client:connect", undefined, socket);
    socket.send('{"type":"connected"}');
    if (this.#held === null) return;
    const { payload, since } = this.#held;
    if (payload.type !== "error" || performance.now() - since < CONNECTING_MS)
      socket.send(JSON.stringify(payload));
    if (payload.type !== "error") this.#held = null;
  }

  #hold(payload: HotPayload): void {
    this.#held = { payload, since: performance.now() };
  }

  #receive(socket: Socket, data: string | Buffer): void {
    let parsed: Partial<CustomPayload> | null = null;
    try {
      parsed = JSON.parse(String(data)) as Partial<CustomPayload> | null;
    } catch {
      // Not of Vite's client.
    }
    if (parsed?.type !== "custom" || typeof parsed.event !== "string") return;
    if (parsed.event === CONSOLE) nameSources(parsed.data, this.#base);
    this.#emit(parsed.event, parsed.data, socket);
  }

  #close(socket: Socket): void {
    if (this.#clients.has(socket)) this.#emit("vite:client:disconnect", undefined, socket);
    this.#clients.delete(socket);
  }

  #emit(event: string, data: unknown, socket: Socket): void {
    const client = this.#clients.get(socket);
    if (client !== undefined)
      for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(data, client);
  }
}

/** Vite looks for the source of an error by the path of its URL, and takes the path for one without a base. */
function nameSources(message: { data?: { stack?: unknown } } | null | undefined, base: string): void {
  const data = message?.data;
  if (typeof data?.stack === "string") data.stack = data.stack.replaceAll(base, "/");
}

/**
 * Accepts the WebSocket of a page. A page of another origin, which a browser lets open WebSockets to any server, has no token: the
 * client's script has it, and no other origin may read that.
 *
 * @param token of Vite's server
 * @param isAllowed whether pages of another host than the request's may connect, as Vite's `server.allowedHosts` says
 */
export function acceptHotSocket(
  request: Request,
  server: Server<HotData>,
  token: string,
  isAllowed: (host: string) => boolean,
): Response | undefined {
  const protocol = request.headers.get("sec-websocket-protocol");
  const isPing = protocol === PROTOCOLS.ping;
  const url = new URL(request.url);
  if (!isPing && protocol !== PROTOCOLS.hot) return refuse("The subprotocol must be vite-hmr");
  const origin = request.headers.get("origin");
  if (origin !== null && !isOrigin(origin, request.headers.get("host") ?? url.host, isAllowed))
    return refuse("The page is of another origin");
  if (!isPing && !isSame(url.searchParams.get("token") ?? "", token)) return refuse("The token is wrong");
  return server.upgrade(request, { data: { server, isPing } })
    ? undefined
    : new Response("This is a WebSocket", {
        status: 426,
        headers: { Upgrade: "websocket", Connection: "Upgrade" },
      });
}

function refuse(why: string): Response {
  return new Response(why, { status: 403 });
}

function isOrigin(origin: string, host: string, isAllowed: (host: string) => boolean): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host.toLowerCase() || isAllowed(url.hostname);
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
