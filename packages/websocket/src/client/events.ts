/** A `close` event. */
export interface CloseEvent extends Event {
  /** Whether both Close frames were exchanged (RFC 6455 §7.1.4). */
  readonly wasClean: boolean;
  /** The code of the server's Close frame; 1005 if it had none, 1006 if there was no such frame (§7.1.5). */
  readonly code: number;
  /** The reason in the server's Close frame (§7.1.6). */
  readonly reason: string;
}

/** An `error` event. The standard has a plain Event there; Bun and ws give the reason. */
export interface ErrorEvent extends Event {
  /** The reason, in English. */
  readonly message: string;
  /** The same as an Error with a `code`: a row of the tables of errors, or the system's. */
  readonly error: unknown;
  readonly filename: string;
  readonly lineno: number;
  readonly colno: number;
}

/** A `message`, `ping` or `pong` event: the platform's own class. */
export type MessageEvent = globalThis.MessageEvent;

/** The initial values of a {@link CloseEvent}. */
export interface CloseEventInit {
  readonly wasClean?: boolean;
  readonly code?: number;
  readonly reason?: string;
}

/** The initial values of an {@link ErrorEvent}. */
export interface ErrorEventInit {
  readonly message?: string;
  readonly error?: unknown;
}

type CloseEventConstructor = new (type: string, init?: CloseEventInit) => CloseEvent;
type ErrorEventConstructor = new (type: string, init?: ErrorEventInit) => ErrorEvent;

class OwnCloseEvent extends Event implements CloseEvent {
  readonly #init: CloseEventInit;

  constructor(type: string, init: CloseEventInit = {}) {
    super(type);
    this.#init = init;
  }

  get wasClean(): boolean {
    return this.#init.wasClean ?? false;
  }

  get code(): number {
    return this.#init.code ?? 0;
  }

  get reason(): string {
    return this.#init.reason ?? "";
  }
}

class OwnErrorEvent extends Event implements ErrorEvent {
  readonly #init: ErrorEventInit;

  constructor(type: string, init: ErrorEventInit = {}) {
    super(type);
    this.#init = init;
  }

  get message(): string {
    return this.#init.message ?? "";
  }

  get error(): unknown {
    return this.#init.error;
  }

  get filename(): string {
    return "";
  }

  get lineno(): number {
    return 0;
  }

  get colno(): number {
    return 0;
  }
}

const platform = globalThis as {
  readonly CloseEvent?: CloseEventConstructor;
  readonly ErrorEvent?: ErrorEventConstructor;
};

/** The platform's class, which Node.js has from version 23 on, or one like it. */
export const CloseEvent: CloseEventConstructor = platform.CloseEvent ?? named(OwnCloseEvent, "CloseEvent");

/** The platform's class, which Node.js has from version 25 on, or one like it. */
export const ErrorEvent: ErrorEventConstructor = platform.ErrorEvent ?? named(OwnErrorEvent, "ErrorEvent");

/** An `error` event with its reason. */
export function errorEvent(error: Error): ErrorEvent {
  return new ErrorEvent("error", { message: describe(error), error });
}

/** When all addresses of a host have failed, Node.js gives an error without a message, which contains the errors of the addresses. */
function describe(error: Error): string {
  if (error.message !== "" || !(error instanceof AggregateError)) return error.message;
  return error.errors.map((one: unknown) => (one instanceof Error ? one.message : String(one))).join("; ");
}

function named<T extends new (...init: never) => Event>(eventClass: T, name: string): T {
  Object.defineProperty(eventClass, "name", { value: name, configurable: true });
  Object.defineProperty(eventClass.prototype, Symbol.toStringTag, { value: name, configurable: true });
  return eventClass;
}
