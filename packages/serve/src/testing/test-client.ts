import { setImmediate } from "node:timers";
import { WebSocket, type WebSocketOptions } from "@mantou/websocket/client";
import type { ServeOptions, Server } from "../api/server.ts";
import { describeValue } from "../errors/text.ts";
import { fetch as convertingFetch } from "../fetch/globals.ts";
import { resolveHandlers, resolveOptions } from "../options/serve-options.ts";
import { MantouServer } from "../server/server.ts";
import { ServerState } from "../server/state.ts";
import { systemClock } from "../socket/timeouts.ts";
import { MemoryListener } from "./memory-listener.ts";
import { MemoryRequest, type OutgoingFetch } from "./memory-request.ts";
import { type DispatchHandler, receiverOf } from "./response-receiver.ts";

/** A server without a port, and a client of it in the same process. `await using` stops it. */
export interface TestClient<WebSocketData = undefined> extends AsyncDisposable {
  /** What handlers get as `server`. It has the address that its options say, and listens nowhere. */
  readonly server: Server<WebSocketData>;
  /** The platform's `fetch`, whose requests all go to the server, whatever their host, over a connection in memory each. A path is resolved against `server.url`. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  /**
   * A WebSocket of `@mantou/websocket/client`: the WHATWG's, with the additions of Bun and ws.
   * @param path a path, or a URL, whose host is for the Host field alone
   * @param options subprotocols, or options such as `headers`
   * @throws what its constructor throws; Error with the code ECONNREFUSED, if the server has stopped
   */
  websocket(path: string | URL, options?: string | Iterable<string> | WebSocketOptions): WebSocket;
  /** Closes every connection, as `server.stop(true)` does. */
  stop(): Promise<void>;
}

/** What `fetch` needs of undici's `Dispatcher`. */
interface Dispatcher {
  readonly isMockActive: false;
  dispatch(request: OutgoingFetch, handler: DispatchHandler): boolean;
}

/**
 * Starts a server without a port, for tests of an application. Bytes go through the same parser, dispatcher, WebSockets and limits as over the wire.
 * With `tls` URLs have `https:`, and nothing is encrypted; with `proxyProtocol` connections begin without a header. The methods of the result need no `this`.
 * @param options those of `serve`
 * @throws TypeError or RangeError that names an option, as `serve` does
 * @example
 * ```ts
 * import { testClient } from "@mantou/serve/testing";
 *
 * const client = testClient({ routes: { "/hello/:name": (request) => new Response(request.params.name) } });
 * const response = await client.fetch("/hello/Ada");
 * console.log(response.status, await response.text());
 * await client.stop();
 * ```
 */
export function testClient<WebSocketData = undefined, R extends string = string>(
  options: ServeOptions<WebSocketData, R>,
): TestClient<WebSocketData> {
  const given = options as unknown as ServeOptions<never, string>;
  // No proxy is between the client and the server.
  const resolved = { ...resolveOptions(given), proxyProtocol: null };
  const handlers = resolveHandlers(given);
  let listener!: MemoryListener;
  const state = new ServerState(
    resolved,
    handlers,
    systemClock,
    (shared) => new MantouServer(shared),
    (of, tls, makeHandler, _, gate = null) => {
      listener = new MemoryListener(of, tls, makeHandler, gate);
      return listener;
    },
  );
  const server = state.facade as Server<WebSocketData>;
  const base = `${listener.secure ? "https" : "http"}://${listener.authority}/`;
  const dispatcher = dispatcherTo(listener);
  const stop = (): Promise<void> => server.stop(true);
  return {
    server,
    fetch: async (input, init = {}) => {
      const isPath = typeof input === "string" || input instanceof URL;
      const more = { ...init, dispatcher } as unknown as RequestInit;
      return convertingFetch(isPath ? new URL(input, base) : input, more);
    },
    websocket: (path, more = {}) => {
      if (typeof path !== "string" && !(path instanceof URL))
        throw new TypeError(`websocket() takes a path or a URL, and not ${describeValue(path)}`);
      return new WebSocket(new URL(path, base), {
        ...(isSettings(more) ? more : { protocols: more }),
        createConnection: () => listener.connect(),
      });
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Whether it is an object of options, and no subprotocols. */
function isSettings(given: string | Iterable<string> | WebSocketOptions): given is WebSocketOptions {
  return typeof given === "object" && given !== null && !(Symbol.iterator in given);
}

function dispatcherTo(listener: MemoryListener): Dispatcher {
  return {
    isMockActive: false,
    dispatch(request, handler) {
      const receiver = receiverOf(handler);
      try {
        void new MemoryRequest(listener.connect(), receiver).send(request);
      } catch (error) {
        // As on the wire, a connection is refused in a later turn.
        receiver.started({ abort: () => {}, pause: () => {}, resume: () => {} });
        setImmediate(() => receiver.failed(error));
      }
      return true;
    },
  };
}
