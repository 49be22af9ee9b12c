/** How the server under attack is reached. */
export type Transport = "handle" | "stream" | "tls";

export const TRANSPORTS: readonly Transport[] = ["handle", "stream", "tls"];

/** What holds for every attack of a run. */
export interface Settings {
  readonly transport: Transport;
  /** The globals are the platform's (`MANTOU_GLOBALS=0`), as by `@mantou/serve/plain`, not Mantou's. */
  readonly plain: boolean;
  /** Determines everything that is generated. */
  readonly seed: number;
  /** Milliseconds in which a property may begin new runs. A flood has its fixed size. */
  readonly budget: number;
}

/** One value with its bound: a row of the table. It holds if it is at most the bound. */
export interface Measured {
  readonly what: string;
  readonly unit: "MB" | "ms" | "%" | "";
  readonly bound: number;
  readonly measured: number;
  /** For a failure: the shrunk script, the last output of the process. */
  readonly note?: string;
}

/** An action of clients or handlers against the server, and the bounds of its cost. */
export interface Attack {
  readonly name: string;
  /** One sentence: the action, and what must hold. */
  readonly about: string;
  /** The transports where it makes sense; all if left out. */
  readonly transports?: readonly Transport[];
  /** Starts a server of its own, and leaves nothing behind. */
  run(settings: Settings): Promise<readonly Measured[]>;
}

export function holds({ measured, bound }: Measured): boolean {
  return measured <= bound;
}

/**
 * Milliseconds of CPU time that a turn of the event loop may take, without collections. Node's own sockets and TLS take 50 to 100 µs for each
 * connection that opens or closes, OpenSSL a millisecond for a handshake, and one poll reports up to 1,024 sockets.
 */
export function turnLimit({ transport }: Pick<Settings, "transport">): number {
  return transport === "handle" ? 50 : 150;
}
