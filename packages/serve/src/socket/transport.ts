import type { Buffer } from "node:buffer";
import type { PeerCertificate } from "node:tls";
import type { SocketAddress } from "../api/network.ts";
import type { Site } from "./tls-server.ts";

/**
 * Behind so many bytes a connection is left for a turn of the event loop. libuv reads up to 32 blocks of 64 KiB in one turn: as
 * chunks, or fragments, of one byte those were 150 ms of CPU, in which no other connection was served. Bun reads as many bytes at once.
 */
export const READ_BYTES_A_TURN: number = 512 * 1024;

/** Gets a connection's bytes and is told of its ends. Replaced when the connection changes its protocol. */
export interface TransportHandler {
  /** The bytes of `buffer` from `start` to `end`; the memory is used again when this returns. */
  onBytes(buffer: Buffer, start: number, end: number): void;
  /** The peer will send no more; it may still read. */
  onEnd(): void;
  /** The connection is gone. The last call. */
  onClose(): void;
}

/**
 * One accepted connection. There are two kinds, and nothing above them knows which it has: `HandleTransport` drives the handle of
 * a plain connection itself, `SocketTransport` uses documented API only.
 */
export interface Transport {
  /** The one that is told from now on. */
  handler: TransportHandler;
  readonly closed: boolean;
  /** Undefined for a Unix socket, and for a closed connection that was not asked before. */
  readonly remoteAddress: string | undefined;
  /** Null once the connection is closed, and for a Unix socket. */
  readonly address: SocketAddress | null;
  /** Bytes that were written and that the operating system has not taken. */
  readonly buffered: number;
  /**
   * As `buffered`, but 0 if these bytes do not wait for the peer: TLS passes on what it has encrypted in a later turn, however fast the
   * peer reads. Much is counted all the same, so that a sender that goes on until it shows comes to an end.
   */
  readonly congestion: number;
  /**
   * Bytes that the operating system has taken, ever: grows as long as the peer reads, whatever is sent meanwhile, and
   * also while one large write is under way, where the runtime tells. So a peer that reads slowly can be told from one that does
   * not read.
   */
  readonly taken: number;
  /** The entry of the `tls` option that the connection was made by; null without TLS. */
  readonly site: Site | null;
  /** Null without TLS, without a certificate, and once the connection is closed. */
  peerCertificate(): { certificate: PeerCertificate; authorized: boolean } | null;
  write(latin1: string): void;
  /** The memory must stay as it is until it has been written. */
  writeBytes(bytes: Uint8Array): void;
  /** Writes all pieces in one system call, if the operating system takes them. */
  writeAll(pieces: readonly (string | Uint8Array)[]): void;
  /** Calls back once, never at once, when everything written so far is with the operating system, or the connection is gone. */
  whenDrained(callback: () => void): void;
  /** Reads no more until `resume`, so that the peer's writes back up. */
  pause(): void;
  resume(): void;
  /** Notices a reset by the peer while the connection is paused: then nothing else would tell of it. */
  probe(): void;
  /** Closes our sending side when everything is written. */
  end(): void;
  /** Closes the connection when everything is written. */
  close(): void;
  destroy(): void;
}

/** Makes the handler of a connection that has been accepted. */
export type MakeHandler = (transport: Transport) => TransportHandler;
