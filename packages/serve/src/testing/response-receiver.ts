import type { Buffer } from "node:buffer";

/** What the reader of a response may do while it comes. */
export interface Control {
  abort(reason: unknown): void;
  pause(): void;
  resume(): void;
}

/** Receives one response. `head` and `data` return whether more is wanted now; if not, `Control.resume` is called later. */
export interface ResponseReceiver {
  started(control: Control): void;
  /** @param fields name, value, name, value … */
  head(status: number, fields: Buffer[], reason: string): boolean;
  data(bytes: Buffer): boolean;
  end(): void;
  failed(error: unknown): void;
}

/** The handler that `fetch` gives a dispatcher, in undici 6 and 7 (Node.js 20 to 24). */
interface OlderHandler {
  onConnect(abort: (reason?: unknown) => void, context: null): void;
  onResponseStarted?(): void;
  onHeaders(status: number, fields: Buffer[], resume: () => void, reason: string): boolean | undefined;
  onData(bytes: Buffer): boolean | undefined;
  onComplete(trailers: Buffer[]): void;
  onError(error: unknown): void;
}

/** The same in undici 8 (Node.js 26). */
interface Handler {
  onRequestStart(controller: Controller, context: object): void;
  onResponseStarted?(): void;
  onResponseStart(controller: Controller, status: number, headers: object, reason: string): void;
  onResponseData(controller: Controller, bytes: Buffer): void;
  onResponseEnd(controller: Controller, trailers: object): void;
  onResponseError(controller: Controller, error: unknown): void;
}

export type DispatchHandler = OlderHandler | Handler;

/** undici's `DispatchController`. */
class Controller {
  rawHeaders: Buffer[] = [];
  readonly rawTrailers: Buffer[] = [];
  paused = false;
  aborted = false;
  reason: unknown = null;
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  pause(): void {
    this.paused = true;
    this.#control.pause();
  }

  resume(): void {
    this.paused = false;
    this.#control.resume();
  }

  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    this.#control.abort(reason);
  }
}

/** Passes a response on in the words of the `fetch` of this Node.js. */
export function receiverOf(handler: DispatchHandler): ResponseReceiver {
  return "onRequestStart" in handler ? new NewerReceiver(handler) : new OlderReceiver(handler);
}

class OlderReceiver implements ResponseReceiver {
  readonly #handler: OlderHandler;
  #control: Control | null = null;

  constructor(handler: OlderHandler) {
    this.#handler = handler;
  }

  started(control: Control): void {
    this.#control = control;
    this.#handler.onConnect((reason) => control.abort(reason), null);
  }

  head(status: number, fields: Buffer[], reason: string): boolean {
    this.#handler.onResponseStarted?.();
    return this.#handler.onHeaders(status, fields, () => this.#control?.resume(), reason) !== false;
  }

  data(bytes: Buffer): boolean {
    return this.#handler.onData(bytes) !== false;
  }

  end(): void {
    this.#handler.onComplete([]);
  }

  failed(error: unknown): void {
    this.#handler.onError(error);
  }
}

class NewerReceiver implements ResponseReceiver {
  readonly #handler: Handler;
  #controller: Controller | null = null;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  started(control: Control): void {
    this.#controller = new Controller(control);
    this.#handler.onRequestStart(this.#controller, {});
  }

  head(status: number, fields: Buffer[], reason: string): boolean {
    const controller = this.#controller!;
    controller.rawHeaders = fields;
    this.#handler.onResponseStarted?.();
    this.#handler.onResponseStart(controller, status, headersOf(fields), reason);
    return !controller.paused;
  }

  data(bytes: Buffer): boolean {
    const controller = this.#controller!;
    this.#handler.onResponseData(controller, bytes);
    return !controller.paused;
  }

  end(): void {
    this.#handler.onResponseEnd(this.#controller!, {});
  }

  failed(error: unknown): void {
    this.#handler.onResponseError(this.#controller!, error);
  }
}

/** Values by name in lower case; several of a name are an array. */
function headersOf(fields: readonly Buffer[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!.toString("latin1").toLowerCase();
    const value = fields[i + 1]!.toString("latin1");
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
