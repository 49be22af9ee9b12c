import type { CloseEvent, ErrorEvent, MessageEvent } from "./events.ts";

/** The events of a WebSocket. Bun has `ping` and `pong` too; browsers have not. */
export interface WebSocketEventMap {
  readonly open: Event;
  readonly message: MessageEvent;
  readonly error: ErrorEvent;
  readonly close: CloseEvent;
  readonly ping: MessageEvent;
  readonly pong: MessageEvent;
}

/** The parameter types of the platform's EventTarget. */
type Listener = Parameters<EventTarget["addEventListener"]>[1];
type Options = Exclude<Parameters<EventTarget["addEventListener"]>[2], boolean | undefined>;

/** The platform's EventTarget, with the types of a WebSocket's events. */
export interface WebSocketEventTarget extends EventTarget {
  addEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: (this: this, event: WebSocketEventMap[Type]) => unknown,
    options?: Options | boolean,
  ): void;
  addEventListener(type: string, listener: Listener, options?: Options | boolean): void;
  removeEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: (this: this, event: WebSocketEventMap[Type]) => unknown,
    options?: Options | boolean,
  ): void;
  removeEventListener(type: string, listener: Listener, options?: Options | boolean): void;
}

/** The platform's EventTarget itself. */
export const WebSocketEventTarget: new () => WebSocketEventTarget = EventTarget;
