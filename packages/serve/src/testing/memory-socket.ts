import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import type { StreamSocket } from "../socket/socket-transport.ts";

/** Bytes that one end may have sent and the other has not read, as in the buffers of the system. */
const BUFFER_BYTES = 64 * 1024;

type Callback = (error?: Error | null) => void;

/**
 * One end of a connection in memory, with the members of a `net.Socket` that a transport uses. The other end reads in a later turn of the event
 * loop what this one has written, as over the wire, and a write is finished when the other end reads.
 */
export class MemorySocket extends Duplex implements StreamSocket {
  readonly remoteAddress = "127.0.0.1";
  readonly remoteFamily = "IPv4";
  readonly remotePort: number;
  #peer: MemorySocket | null = null;
  /** The other end's write that waits until this end reads. */
  #waitingWrite: Callback | null = null;
  #taken = 0;

  /** Both ends of a new connection: the client's, and the server's, which sees the client at `clientPort`. */
  static pair(serverPort: number, clientPort: number): [client: MemorySocket, server: MemorySocket] {
    const [client, server] = [new MemorySocket(serverPort), new MemorySocket(clientPort)];
    client.#peer = server;
    server.#peer = client;
    return [client, server];
  }

  private constructor(remotePort: number) {
    super({ allowHalfOpen: true, highWaterMark: BUFFER_BYTES });
    this.remotePort = remotePort;
  }

  get bytesWritten(): number {
    return this.#taken + this.writableLength;
  }

  destroySoon(): void {
    if (this.writableFinished) this.destroy();
    else this.end(() => this.destroy());
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    // Its sender may use the memory again when the write is finished.
    this.#send(Buffer.from(chunk), callback);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], callback: Callback): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), callback);
  }

  #send(bytes: Buffer, callback: Callback): void {
    setImmediate(() => {
      const peer = this.#peer!;
      if (this.destroyed) callback();
      else if (peer.destroyed) callback(brokenPipe());
      else {
        this.#taken += bytes.length;
        if (bytes.length === 0 || peer.push(bytes)) callback();
        else peer.#waitingWrite = callback;
      }
    });
  }

  override _final(callback: Callback): void {
    setImmediate(() => {
      this.#peer!.#receiveEnd();
      callback();
    });
  }

  override _read(): void {
    const callback = this.#waitingWrite;
    this.#waitingWrite = null;
    callback?.();
  }

  override _destroy(error: Error | null, callback: Callback): void {
    const waiting = this.#waitingWrite;
    this.#waitingWrite = null;
    setImmediate(() => {
      waiting?.(brokenPipe());
      this.#peer!.#receiveEnd();
    });
    callback(error);
  }

  #receiveEnd(): void {
    if (!this.destroyed && !this.readableEnded && !this.#hasEnd) this.push(null);
    this.#hasEnd = true;
  }

  #hasEnd = false;
}

function brokenPipe(): Error {
  return Object.assign(new Error("write EPIPE: the other end of the connection is closed"), {
    code: "EPIPE",
    syscall: "write",
  });
}
