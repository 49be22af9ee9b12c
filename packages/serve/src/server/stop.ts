import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { runIsolated } from "../errors/log.ts";
import type { ResolvedStop } from "../options/stop-options.ts";
import type { WebSocketConnection } from "../websocket/connection.ts";
import { closeSpread } from "./spread-close.ts";

const { queueMicrotask } = globalThis;

const GOING_AWAY = 1001;

/**
 * Milliseconds in which a server that stops still responds on idle connections: a client may have connected, or sent its next request, at this
 * moment.
 */
const PATIENCE_MS = 1000;

/** Turns of the event loop in which connections that were closed at the timeout are gone, mostly. */
const LAST_TURNS = 5;

/** A server that is to stop with its WebSockets, which its own `stop` leaves open. */
export interface Stoppable {
  readonly webSockets: Iterable<WebSocketConnection>;
  /** It does not listen any more. */
  readonly stopping: boolean;
  goingAway: boolean;
  withdrawn: boolean;
  /** Calls back when the server stops listening. */
  whenStopping(callback: () => void): void;
  /** @param patience milliseconds for requests that are on their way */
  stop(closeActiveConnections?: boolean, patience?: number): Promise<void>;
}

/** Stops behind the grace, and closes the WebSockets with 1012. Another `stop` during the grace ends it. */
export function stopWithin(server: Stoppable, { timeout, grace, spread }: ResolvedStop): Promise<void> {
  const isSecond = server.withdrawn;
  server.withdrawn = true;
  return new Promise((resolve) => {
    let endClosing = (): void => {};
    const timers: (NodeJS.Timeout | undefined)[] = [];
    const resolveStopped = (): void => {
      endClosing();
      for (const timer of timers) clearTimeout(timer);
      resolve();
    };
    let hasBegun = false;
    const begin = (): void => {
      if (hasBegun) return;
      hasBegun = true;
      void server.stop(false, PATIENCE_MS).then(resolveStopped);
      server.goingAway = true;
      endClosing = closeSpread([...server.webSockets], spread, (webSocket, code, reason) =>
        webSocket.close(code, reason),
      );
    };
    const cut = (): void => {
      void server.stop(true);
      // A client that does not take its last bytes would go on for a while.
      afterTurns(LAST_TURNS, resolveStopped);
    };
    if (timeout !== null) timers.push(setTimeout(cut, timeout * 1000));
    if (grace === 0 || isSecond || server.stopping) begin();
    else {
      timers.push(setTimeout(begin, grace * 1000));
      server.whenStopping(() => queueMicrotask(begin));
    }
  });
}

function afterTurns(turns: number, callback: () => void): void {
  setImmediate(() => (turns === 1 ? callback() : afterTurns(turns - 1, callback)));
}

/** How a server ends with its process. */
export interface GracefulEnd {
  /** Requests that are on their way get a response, too. */
  readonly isPatient: boolean;
  /** Clients come back to another process: the WebSockets are closed evenly over the time of patience, with 1012 in place of 1001. */
  readonly isReplaced: boolean;
}

/** Stops, and closes the WebSockets. */
export function stopGracefully(server: Stoppable, { isPatient, isReplaced }: GracefulEnd): Promise<void> {
  const stopped = server.stop(false, isPatient ? PATIENCE_MS : 0);
  if (!isReplaced) closeWebSockets(server);
  else {
    server.goingAway = true;
    closeSpread([...server.webSockets], PATIENCE_MS / 1000, (webSocket, code, reason) =>
      webSocket.shutDown(code, reason),
    );
  }
  return stopped;
}

/** Closes the WebSockets at once with 1001. */
export function closeWebSockets(server: Pick<Stoppable, "webSockets" | "goingAway">): void {
  server.goingAway = true;
  for (const webSocket of server.webSockets) {
    runIsolated(() => webSocket.shutDown(GOING_AWAY, "Server closed"));
  }
}
