import { Buffer } from "node:buffer";
import net from "node:net";
import { afterEach, vi } from "vitest";

/** What `net.Socket` calls for each system call, whole or vectored. Not documented; the spy throws if it is gone. */
interface WritableSocket {
  _writeGeneric(writev: boolean, data: unknown, encoding: string, callback: unknown): unknown;
}

afterEach(() => {
  vi.restoreAllMocks();
});

/**
 * Watches the writes of the sockets of a server: one entry for each system call, with its bytes as latin1 and the port
 * of the client it is for.
 */
export function spyWrites(server: { readonly port: number | undefined }): { port: number; bytes: string }[] {
  const writes: { port: number; bytes: string }[] = [];
  const prototype = net.Socket.prototype as unknown as WritableSocket;
  const original = prototype._writeGeneric;
  vi.spyOn(prototype, "_writeGeneric").mockImplementation(function (
    this: net.Socket,
    writev: boolean,
    data: unknown,
    encoding: string,
    callback: unknown,
  ) {
    if (this.localPort === server.port) {
      const pieces = writev ? (data as { chunk: unknown; encoding: string }[]) : [{ chunk: data, encoding }];
      const bytes = pieces.map(({ chunk, encoding: name }) =>
        typeof chunk === "string" ? Buffer.from(chunk, name as BufferEncoding) : (chunk as Buffer),
      );
      writes.push({ port: this.remotePort ?? 0, bytes: Buffer.concat(bytes).toString("latin1") });
    }
    return original.call(this as unknown as WritableSocket, writev, data, encoding, callback);
  });
  return writes;
}
