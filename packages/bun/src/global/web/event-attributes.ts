type Handler = (event: Event) => unknown;

/** The handlers that are set as properties, by target and type. */
const handlers = new WeakMap<EventTarget, Map<string, Handler>>();

/**
 * Gives an object properties such as `onmessage`, one for each of the types.
 * @param targetOf the events' target of the object whose property it is
 */
export function defineEventAttributes(
  object: object,
  types: readonly string[],
  targetOf: (owner: object) => EventTarget,
): void {
  for (const type of types) {
    Object.defineProperty(object, `on${type}`, {
      get(this: object): Handler | null {
        return handlers.get(targetOf(this))?.get(type) ?? null;
      },
      set(this: object, handler: unknown): void {
        setHandler(targetOf(this), type, typeof handler === "function" ? (handler as Handler) : null);
      },
      configurable: true,
      enumerable: true,
    });
  }
}

function setHandler(target: EventTarget, type: string, handler: Handler | null): void {
  const ofTarget = handlers.get(target) ?? new Map<string, Handler>();
  handlers.set(target, ofTarget);
  const former = ofTarget.get(type);
  if (former !== undefined) target.removeEventListener(type, former);
  ofTarget.delete(type);
  if (handler === null) return;
  ofTarget.set(type, handler);
  target.addEventListener(type, handler);
}
