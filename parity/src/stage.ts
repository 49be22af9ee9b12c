import { cert, key } from "@mantou/testing/tls";
import type { AnyServer, Kit, Runtime, Scenario } from "./scenario.ts";

/** Milliseconds to wait for notes. A note that has not come by then counts as missing. */
const NOTES_WITHIN = 3_000;

/** A scenario's server, running, and what it has noted. */
export class Stage {
  readonly notes: unknown[] = [];
  readonly target: { port: number; secure: boolean } | { path: string };
  #server: AnyServer | null = null;
  #watchers: (() => void)[] = [];
  readonly #signals = new Map<string, { promise: Promise<void>; open: () => void }>();

  constructor(scenario: Scenario, runtime: Runtime, folder: string, socketPath: string) {
    const kit: Kit = {
      serve: runtime.serve,
      file: runtime.file,
      Cookie: runtime.Cookie,
      CookieMap: runtime.CookieMap,
      Response: runtime.Response,
      folder,
      tls: { cert, key },
      socketPath,
      note: (...what) => this.#note(what),
      attempt: (what, action) => this.#attempt(what, action),
      signal: (name) => this.#signal(name).promise,
      server: () => {
        if (this.#server === null) throw new Error("serve() has not returned yet");
        return this.#server;
      },
    };
    const options = scenario.server(kit);
    const where = options.unix === undefined ? { port: 0, hostname: "127.0.0.1" } : {};
    this.#server = runtime.serve({ ...where, development: false, ...options } as typeof options);
    this.target =
      options.unix === undefined
        ? { port: this.#server.port!, secure: this.#server.protocol === "https" }
        : { path: options.unix };
  }

  open(signal: string): void {
    this.#signal(signal).open();
  }

  /** Resolves when there are that many notes, or the time is over. */
  async noted(count: number): Promise<void> {
    const deadline = Date.now() + NOTES_WITHIN;
    while (this.notes.length < count && Date.now() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.#watchers.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  close(): void {
    void this.#server?.stop(true);
  }

  #note(what: unknown[]): void {
    this.notes.push(what.length === 1 ? toJSON(what[0]) : what.map(toJSON));
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  #attempt(what: string, action: () => unknown): void {
    try {
      this.#note([what, action()]);
    } catch (error) {
      this.#note([what, `throws ${(error as Error).name}`]);
    }
  }

  #signal(name: string): { promise: Promise<void>; open: () => void } {
    let signal = this.#signals.get(name);
    if (signal === undefined) {
      let open = (): void => {};
      const promise = new Promise<void>((resolve) => {
        open = resolve;
      });
      signal = { promise, open };
      this.#signals.set(name, signal);
    }
    return signal;
  }
}

/** JSON has no undefined, and an array must keep its length. */
function toJSON(value: unknown): unknown {
  if (value === undefined) return "undefined";
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof ArrayBuffer) return ["ArrayBuffer", [...new Uint8Array(value)]];
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return [value.constructor.name, [...bytes]];
  }
  return value;
}
