import { AsyncResource } from "node:async_hooks";
import type { Server } from "../api/server.ts";
import type { WebSocketEvent } from "../api/trace.ts";
import type { ServerWebSocket } from "../api/websocket.ts";
import { traceWebSocket, webSocketChannel } from "./channels.ts";

/** A call of a WebSocket handler that the channels tell of. */
export class HandlerCall {
  readonly #event: { -readonly [Name in keyof WebSocketEvent]: WebSocketEvent[Name] };
  /** What the call waits for: itself, the promise of the handler, and that of the `error` handler. */
  #waiting = 1;
  #scope: AsyncResource | null = null;

  constructor(
    server: Server<unknown>,
    route: string | null,
    socket: ServerWebSocket<unknown>,
    type: WebSocketEvent["type"],
    first: unknown,
    second: unknown,
  ) {
    const isClose = type === "close";
    this.#event = {
      server,
      type,
      socket,
      route,
      data: isClose ? undefined : first,
      code: isClose ? (first as number) : undefined,
      reason: isClose ? (second as string) : undefined,
      error: undefined,
    };
  }

  /** @param call never throws */
  run(call: () => void): void {
    traceWebSocket(this.#event, () => {
      this.#scope = new AsyncResource("mantou.websocket");
      this.#scope.runInAsyncScope(call);
    });
    this.#settled();
  }

  failed(error: unknown): void {
    this.#event.error = error;
    this.#publish("error");
  }

  /** The call ends when this has, too. It does not reject. */
  awaits(promise: Promise<unknown>): void {
    this.#waiting++;
    void promise.then(() => this.#settled());
  }

  #settled(): void {
    this.#waiting--;
    if (this.#waiting > 0) return;
    this.#publish("asyncStart");
    this.#publish("asyncEnd");
  }

  #publish(name: "error" | "asyncStart" | "asyncEnd"): void {
    const publish = (): void => webSocketChannel[name].publish(this.#event);
    if (this.#scope === null) publish();
    else this.#scope.runInAsyncScope(publish);
  }
}
