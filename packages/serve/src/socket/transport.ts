import type { Buffer } from "node:buffer";
import type { PeerCertificate } from "node:tls";
import type { SocketAddress } from "../api/network.ts";
import type { Site } from "./tls-server.ts";

/**
 * A connection that has read so many bytes waits for another turn of the event loop. libuv reads up to 32 blocks of 64 KiB in one turn:
 * in chunks, or fragments, of one byte they took 150 ms of CPU, in which no other connection was served. Bun reads the same number
 * of bytes at once.
 */
export const READ_BYTES_A_TURN: number = 512 * 1024;

/** Receives the bytes of a connection, and its ends. Each protocol of a connection has a handler of its own. */
export interface TransportHandler {
  /** Takes the bytes of `buffer` from `start` to `end`. The memory is used again after the return. */
  onBytes(buffer: Buffer, start: number, end: number): void;
  /**
   * Memory that the next bytes belong in, and whose size they will not exceed; null if there is none. A transport that can
   * reads them straight into it, and passes them to `onBytes` at once.
   */
  takeMemory?(): Uint8Array | null;
  /** The peer has closed its sending side. It may still read. */
  onEnd(): void;
  /** The connection is gone. This is the last call. */
  onClose(): void;
}

/**
 * One accepted connection. It has two implementations, and nothing above knows which one it has. `HandleTransport` drives the handle of
 * a plain connection; `SocketTransport` uses documented API only.
 */
export interface Transport {
  /** Receives all later bytes and ends. */
  handler: TransportHandler;
  readonly closed: boolean;
  /** Undefined for a Unix socket, and for a connection that was closed before the first access. */
  readonly remoteAddress: string | undefined;
  /** The remote address. Null for a Unix socket, and after the connection is closed. */
  readonly address: SocketAddress | null;
  /** Replaces the address by that of the client for which a proxy has connected; null if that has none. */
  setAddress(address: SocketAddress | null): void;
  /** Written bytes that the operating system has not taken. */
  readonly buffered: number;
  /**
   * The same as `buffered`, but 0 if these bytes do not wait for the peer: TLS passes encrypted bytes on in a later turn, however fast
   * the peer reads. Above a limit they count all the same, so that a sender which goes on until they count comes to an end.
   */
  readonly congestion: number;
  /**
   * All bytes that the operating system has ever taken. The number grows as long as the peer reads, also during one large write if the
   * runtime gives that number. So it distinguishes a peer that reads slowly from one that does not read.
   */
  readonly taken: number;
  /** The connection's entry of the `tls` option; null without TLS. */
  readonly site: Site | null;
  /** The client's certificate. Null without TLS, without a certificate, and after the connection is closed. */
  peerCertificate(): { certificate: PeerCertificate; authorized: boolean } | null;
  /** Writes text of one byte a character. */
  write(latin1: string): void;
  /** Writes bytes, whose memory must stay as it is until it has been written. */
  writeBytes(bytes: Uint8Array): void;
  /** Writes all pieces in one system call, if the operating system takes them. */
  writeAll(pieces: readonly (string | Uint8Array)[]): void;
  /** Calls back once, in a later turn, when the operating system has taken all written bytes, or the connection is gone. */
  whenDrained(callback: () => void): void;
  /** Stops reading until `resume`, so that the peer has to wait. */
  pause(): void;
  resume(): void;
  /** Detects a reset by the peer while the connection is paused: nothing else reports it then. */
  probe(): void;
  /** Closes our sending side after all written bytes. */
  end(): void;
  /** Closes the connection after all written bytes. */
  close(): void;
  /** Closes the connection now. */
  destroy(): void;
  /** Closes the connection now, by a reset where the system has one: a peer cannot take that for an end. */
  reset(): void;
}

/** Makes the first handler of an accepted connection. */
export type MakeHandler = (transport: Transport) => TransportHandler;
