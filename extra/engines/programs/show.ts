/** What a call gives, or how it fails: as one line. */
export async function show(name: string, call: () => unknown): Promise<void> {
  try {
    console.log(name, text(await call()));
  } catch (error) {
    const {
      constructor,
      name: own,
      message,
      code,
      errno,
      detail,
      hint,
      constraint,
      severity,
      table,
      position,
    } = error as Record<string, string> & Error;
    const known = { code, errno, detail, hint, constraint, severity, table, position };
    console.log(name, "!", constructor.name, own, message, JSON.stringify(known));
  }
}

/** The same object, whose members take anything: for calls that their types forbid. */
export type Untyped<T> = { readonly [K in keyof T]: (...args: readonly unknown[]) => Promise<unknown> };

export function untyped<T extends object>(value: T): Untyped<T> {
  return value as Untyped<T>;
}

/** A list of numbers, which Bun gives as a typed array if the result is binary: a difference that docs/differences-from-bun.md names. */
export function asList(value: unknown): unknown {
  return value instanceof Int32Array || value instanceof Float32Array ? [...value] : value;
}

/** JSON with the kinds of bytes, big integers and numbers that are not finite. */
export function text(value: unknown): string {
  return JSON.stringify(value, (_, given: unknown) => {
    const each = asList(given);
    if (typeof each === "bigint") return `${each}n`;
    if (ArrayBuffer.isView(each)) return `${each.constructor.name} ${[...(each as Uint8Array)]}`;
    const { type, data } = (each ?? {}) as { type?: unknown; data?: unknown };
    if (type === "Buffer" && Array.isArray(data)) return `Buffer ${data}`;
    return typeof each === "number" && !Number.isFinite(each) ? String(each) : each;
  });
}
