/** The chunks of this process's input. Reading can stop and go on later, and the process lives only while it reads. */
export async function* standardInput(): AsyncGenerator<Uint8Array> {
  const { stdin } = process;
  const handle = stdin as Partial<Record<"ref" | "unref", () => void>>;
  handle.ref?.();
  try {
    if (stdin.readableEnded || stdin.destroyed) return;
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array;
  } finally {
    stdin.pause();
    handle.unref?.();
  }
}
