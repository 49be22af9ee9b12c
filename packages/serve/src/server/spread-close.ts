import { clearInterval, setInterval } from "node:timers";
import { runIsolated } from "../errors/log.ts";

/** Milliseconds between two steps. */
const STEP_MS = 20;

/** A client comes back for the next process of the program (IANA's registry of close codes). */
const SERVICE_RESTART = 1012;

/**
 * Closes WebSockets evenly over a time, the oldest first: their clients come back one after the other, and not in one moment. The reason
 * of the Close frame, `retry=s`, asks them to come back at a random moment of the next s seconds.
 * @param seconds 0 closes them at once
 * @returns a function that stops closing
 */
export function closeSpread<WebSocket extends { readonly closed: boolean }>(
  webSockets: readonly WebSocket[],
  seconds: number,
  close: (webSocket: WebSocket, code: number, reason: string) => void,
): () => void {
  // Clients that are closed in one moment have to spread themselves.
  const reason = `retry=${seconds > 0 ? 1 : 2}`;
  const started = performance.now();
  let closed = 0;
  const closeUntil = (end: number): void => {
    for (; closed < end; closed++) {
      const webSocket = webSockets[closed]!;
      if (!webSocket.closed) runIsolated(() => close(webSocket, SERVICE_RESTART, reason));
    }
  };
  const isDone = (): boolean => closed === webSockets.length;
  if (seconds === 0) closeUntil(webSockets.length);
  if (isDone()) return () => {};
  const timer = setInterval(() => {
    const share = (performance.now() - started) / (seconds * 1000);
    closeUntil(Math.min(webSockets.length, Math.ceil(webSockets.length * share)));
    if (isDone()) clearInterval(timer);
  }, STEP_MS);
  return () => clearInterval(timer);
}
