/** What is used of the package `@nats-io/transport-node`. */
import { loadPeer } from "../peer.ts";

export interface Subscription {
  unsubscribe(): void;
}

export interface MessageHeaders {
  /** Of a message that says how a request went; 0 for others. */
  readonly code: number;
  /** Empty if there is none. */
  get(name: string): string;
  set(name: string, value: string): void;
}

export interface NatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly reply?: string;
  readonly headers?: MessageHeaders;
}

/** An error that the server has told. */
export interface ServerError extends Error {
  /** Of a missing permission: `subscription` or `publish`, and the subject. */
  readonly operation?: string;
  readonly subject?: string;
}

export interface Status {
  readonly type: string;
  readonly error?: ServerError;
}

export interface NatsClient {
  readonly info?: { readonly max_payload: number };
  publish(
    subject: string,
    payload: Uint8Array | string,
    options?: { readonly reply?: string; readonly headers?: MessageHeaders },
  ): void;
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message: NatsMessage) => void },
  ): Subscription;
  /** Resolves when the server has handled everything before it. */
  flush(): Promise<void>;
  close(): Promise<void>;
  /** Resolves with the reason when the connection is over. */
  closed(): Promise<Error | undefined>;
  isClosed(): boolean;
  status(): AsyncIterable<Status>;
}

export interface NatsPackage {
  connect(options: object): Promise<NatsClient>;
  headers(): MessageHeaders;
}

/** @throws Error that names the command which installs it */
export function loadNatsPackage(): NatsPackage {
  return loadPeer<NatsPackage>("@nats-io/transport-node", "nats()");
}
