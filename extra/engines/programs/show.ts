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

/** JSON with the kinds of bytes, big integers and numbers that are not finite. */
export function text(value: unknown): string {
  return JSON.stringify(value, (_, each) => {
    if (typeof each === "bigint") return `${each}n`;
    if (ArrayBuffer.isView(each)) return `${each.constructor.name} ${[...(each as Uint8Array)]}`;
    if (each?.type === "Buffer" && Array.isArray(each.data)) return `Buffer ${each.data}`;
    return typeof each === "number" && !Number.isFinite(each) ? String(each) : each;
  });
}
