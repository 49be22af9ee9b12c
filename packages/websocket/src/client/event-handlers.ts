/** A value of an event handler attribute such as `onmessage`. */
type Handler = object | null;

interface Slot {
  handler: Handler;
  readonly listener: (event: Event) => void;
}

/**
 * The event handler attributes of one object (HTML §8.1.8.1): each is one listener, at the place
 * that it got when the attribute was set for the first time. A new handler takes over the place; null gives it up.
 */
export class EventHandlers {
  readonly #target: EventTarget;
  readonly #slots = new Map<string, Slot>();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get(type: string): Handler {
    return this.#slots.get(type)?.handler ?? null;
  }

  /** A value that is not an object becomes null. An object that is not callable is kept and never called (Web IDL §3.2.20). */
  set(type: string, value: unknown): void {
    const slot = this.#slots.get(type);
    const handler = isObject(value) ? value : null;
    if (handler === null) {
      if (slot === undefined) return;
      this.#target.removeEventListener(type, slot.listener);
      this.#slots.delete(type);
    } else if (slot !== undefined) {
      slot.handler = handler;
    } else {
      this.#add(type, handler);
    }
  }

  #add(type: string, handler: Handler): void {
    const slot: Slot = {
      handler,
      listener: (event) => {
        if (typeof slot.handler === "function") Reflect.apply(slot.handler, this.#target, [event]);
      },
    };
    this.#slots.set(type, slot);
    this.#target.addEventListener(type, slot.listener);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}
