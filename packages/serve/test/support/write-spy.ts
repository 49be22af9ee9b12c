import { Buffer } from "node:buffer";
import { vi } from "vitest";
import { afterEachTest } from "../../../../vitest.after-each.ts";

type Piece = string | Uint8Array;

/** A connection's handle, which every transport writes by. Not documented; the spy throws if it is gone. */
interface Handle {
  getsockname?(out: { port?: number }): number;
  getpeername?(out: { port?: number }): number;
  writeBuffer(request: unknown, bytes: Uint8Array): unknown;
  writeLatin1String(request: unknown, text: string): unknown;
  writeUtf8String(request: unknown, text: string): unknown;
  writev(request: unknown, chunks: Piece[], areBytes: boolean): unknown;
}

const texts = { writeLatin1String: "latin1", writeUtf8String: "utf8" } as const;

afterEachTest(() => {
  vi.restoreAllMocks();
});

/**
 * Watches the writes of the sockets of a server: one entry for each system call, with its bytes as latin1 and the port
 * of the client it is for.
 */
export function spyWrites(server: { readonly port: number | undefined }): { port: number; bytes: string }[] {
  const writes: { port: number; bytes: string }[] = [];
  const handles = handlePrototype();
  const note = (handle: Handle, pieces: readonly Piece[], encoding: BufferEncoding = "latin1"): void => {
    if (portOf(handle, "getsockname") !== server.port) return;
    const bytes = pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece, encoding) : piece));
    writes.push({ port: portOf(handle, "getpeername"), bytes: Buffer.concat(bytes).toString("latin1") });
  };
  for (const [name, encoding] of Object.entries(texts) as [keyof typeof texts, BufferEncoding][]) {
    const original = handles[name];
    vi.spyOn(handles, name).mockImplementation(function (this: Handle, request, text) {
      note(this, [text], encoding);
      return original.call(this, request, text);
    });
  }
  const { writeBuffer, writev } = handles;
  vi.spyOn(handles, "writeBuffer").mockImplementation(function (this: Handle, request, bytes) {
    note(this, [bytes]);
    return writeBuffer.call(this, request, bytes);
  });
  vi.spyOn(handles, "writev").mockImplementation(function (this: Handle, request, chunks, areBytes) {
    // Otherwise each piece is followed by its encoding, which here is always the same.
    note(
      this,
      chunks.filter((_, at) => areBytes || at % 2 === 0),
    );
    return writev.call(this, request, chunks, areBytes);
  });
  return writes;
}

function portOf(handle: Handle, side: "getsockname" | "getpeername"): number {
  const address: { port?: number } = {};
  // A pipe has none.
  handle[side]?.(address);
  return address.port ?? 0;
}

/** Where the handles of TCP have the methods of all streams. */
function handlePrototype(): Handle {
  const { binding } = process as unknown as { binding(name: "tcp_wrap"): { TCP: { prototype: Handle } } };
  let prototype = binding.call(process, "tcp_wrap").TCP.prototype;
  while (!Object.hasOwn(prototype, "writeBuffer")) prototype = Object.getPrototypeOf(prototype) as Handle;
  return prototype;
}
