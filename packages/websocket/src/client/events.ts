// biome-ignore-all lint/complexity/noArguments: Web IDL counts the arguments, and undefined differs from no argument
import { toScalarString } from "./convert.ts";

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
export interface CloseEventInit extends EventInit {
  readonly wasClean?: boolean;
  readonly code?: number;
  readonly reason?: string;
}

/** The initial values of an {@link ErrorEvent}. */
export interface ErrorEventInit extends EventInit {
  readonly message?: string;
  readonly filename?: string;
  readonly lineno?: number;
  readonly colno?: number;
  readonly error?: unknown;
}

/** The initial values of any Event. */
interface EventInit {
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
  readonly composed?: boolean;
}

type CloseEventConstructor = new (type: string, init?: CloseEventInit | null) => CloseEvent;
type ErrorEventConstructor = new (type: string, init?: ErrorEventInit | null) => ErrorEvent;

/** For a platform without the class. Its members are converted as in Web IDL. */
class OwnCloseEvent extends Event implements CloseEvent {
  readonly #wasClean: boolean;
  readonly #code: number;
  readonly #reason: string;

  constructor(type: string, init: CloseEventInit | null = null) {
    super(...eventArguments(arguments.length, type, init));
    this.#wasClean = Boolean(init?.wasClean);
    this.#code = init?.code === undefined ? 0 : Uint16Array.of(init.code)[0]!;
    this.#reason = init?.reason === undefined ? "" : toScalarString(init.reason);
  }

  get wasClean(): boolean {
    return this.#wasClean;
  }

  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }
}

/** As {@link OwnCloseEvent}. */
class OwnErrorEvent extends Event implements ErrorEvent {
  readonly #message: string;
  readonly #filename: string;
  readonly #lineno: number;
  readonly #colno: number;
  readonly #error: unknown;

  constructor(type: string, init: ErrorEventInit | null = null) {
    super(...eventArguments(arguments.length, type, init));
    this.#message = init?.message === undefined ? "" : `${init.message}`;
    this.#filename = init?.filename === undefined ? "" : toScalarString(init.filename);
    this.#lineno = init?.lineno === undefined ? 0 : Uint32Array.of(init.lineno)[0]!;
    this.#colno = init?.colno === undefined ? 0 : Uint32Array.of(init.colno)[0]!;
    this.#error = init?.error;
  }

  get message(): string {
    return this.#message;
  }

  get filename(): string {
    return this.#filename;
  }

  get lineno(): number {
    return this.#lineno;
  }

  get colno(): number {
    return this.#colno;
  }

  get error(): unknown {
    return this.#error;
  }
}

/** The arguments of `Event`, which tells a missing type from undefined. */
function eventArguments(count: number, type: string, init: EventInit | null): [string, EventInit] {
  if (count === 0) throw new TypeError("an event needs a type");
  if (init !== null && typeof init !== "object" && typeof init !== "function")
    throw new TypeError("the initial values of an event must be an object");
  const { bubbles = false, cancelable = false, composed = false } = init ?? {};
  return [type, { bubbles, cancelable, composed }];
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
  // The members of Web IDL's interfaces are enumerable; those of a class are not.
  for (const member of Object.getOwnPropertyNames(eventClass.prototype)) {
    if (member !== "constructor") Object.defineProperty(eventClass.prototype, member, { enumerable: true });
  }
  Object.defineProperty(eventClass.prototype, Symbol.toStringTag, { value: name, configurable: true });
  return eventClass;
}
