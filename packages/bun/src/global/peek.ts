/** The state of a promise, now. JavaScript has no such function: that of `node:util` and the debugger's protocol have it. */
import { Session } from "node:inspector";
import { inspect } from "node:util";

export type PromiseStatus = "pending" | "fulfilled" | "rejected";

/** A value that is not a promise is fulfilled. */
function status(value: unknown): PromiseStatus {
  if (!(value instanceof Promise)) return "fulfilled";
  const text = inspect(value, { depth: 0, maxStringLength: 0, maxArrayLength: 0, customInspect: false });
  const state = /^[^{]*\{\s*<(pending|rejected)>/.exec(text)?.[1];
  return state === "pending" || state === "rejected" ? state : "fulfilled";
}

/** The value, or the reason, of a promise that is settled; else the promise. A rejection that nothing else handles is reported, as in Bun. */
function peekValue<T>(promise: T | Promise<T>): Promise<T> | T {
  if (!(promise instanceof Promise) || status(promise) === "pending") return promise;
  return settledValue(promise) as T;
}

/** The debugger's protocol is synchronous within its thread. */
function settledValue(promise: Promise<unknown>): unknown {
  const held: { promise: Promise<unknown>; value?: unknown } = { promise };
  const key = Symbol.for("@mantou/bun/peek");
  const session = new Session();
  session.connect();
  try {
    Object.defineProperty(globalThis, key, { value: held, configurable: true });
    const place = 'globalThis[Symbol.for("@mantou/bun/peek")]';
    const objectId = post(session, "Runtime.evaluate", { expression: `${place}.promise` }).result.objectId;
    const { internalProperties } = post(session, "Runtime.getProperties", { objectId });
    const result = internalProperties?.find(({ name }) => name === "[[PromiseResult]]")?.value;
    post(session, "Runtime.callFunctionOn", {
      objectId,
      functionDeclaration: `function (value) { ${place}.value = value; }`,
      arguments: [result?.objectId === undefined ? primitive(result) : { objectId: result.objectId }],
    });
    return held.value;
  } finally {
    Reflect.deleteProperty(globalThis, key);
    session.disconnect();
  }
}

interface RemoteObject {
  readonly objectId?: string;
  readonly value?: unknown;
  readonly unserializableValue?: string;
}

interface Reply {
  readonly result: RemoteObject;
  readonly internalProperties?: readonly { readonly name: string; readonly value?: RemoteObject }[];
}

function primitive(result: RemoteObject | undefined): object {
  if (result?.unserializableValue !== undefined) return { unserializableValue: result.unserializableValue };
  return { value: result?.value };
}

function post(session: Session, method: string, params: object): Reply {
  let reply: Reply | null = null;
  session.post(method, params, (error, result) => {
    if (error !== null) throw error;
    reply = result as Reply;
  });
  return reply!;
}

/** The value of a promise that is settled, without waiting. */
export const peek: typeof peekValue & { readonly status: typeof status } = Object.assign(peekValue, {
  status,
});
