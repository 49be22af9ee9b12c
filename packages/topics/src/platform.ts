import type { Timers, TopicSocketOptions } from "./types.ts";

/** What is used of the W3C's interface. */
export interface Socket {
  binaryType: string;
  onopen: () => void;
  onmessage: (event: { readonly data: string | ArrayBuffer }) => void;
  onclose: (event: { readonly code: number; readonly reason: string }) => void;
  onerror: () => void;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
}

/** What is used of the globals. */
interface Scope extends Timers {
  readonly WebSocket?: TopicSocketOptions["WebSocket"];
  readonly location?: { readonly href: string };
  addEventListener?(event: string, listener: () => void): void;
  removeEventListener?(event: string, listener: () => void): void;
}

export const scope: Scope = globalThis as Scope;
