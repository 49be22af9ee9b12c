/** How the server under attack is reached. */
export type Transport = "handle" | "stream" | "tls";

export const TRANSPORTS: readonly Transport[] = ["handle", "stream", "tls"];

/** What holds for every attack of a run. */
export interface Settings {
  readonly transport: Transport;
  /** The globals are Mantou's (the default), not the platform's (`MANTOU_GLOBALS=0`). */
  readonly register: boolean;
  /** Everything that is generated follows from it. */
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
  /** For a failure: the shrunk script, the last words of the process. */
  readonly note?: string;
}

/** Something a client or a handler does to the server, and what that may cost at most. */
export interface Attack {
  readonly name: string;
  /** One sentence: what is done, and what must hold. */
  readonly about: string;
  /** Where it makes sense; everywhere if it is left out. */
  readonly transports?: readonly Transport[];
  /** Starts a server of its own, and leaves nothing behind. */
  run(settings: Settings): Promise<readonly Measured[]>;
}

export function holds({ measured, bound }: Measured): boolean {
  return measured <= bound;
}
