import { ShellError, type ShellOutput } from "./output.ts";

/** How a command runs. */
export interface ShellSettings {
  cwd: string | undefined;
  env: Record<string, string | undefined> | undefined;
  throws: boolean;
  quiet: boolean;
}

/** A command of `$`, which starts when it is awaited, or at `run()`. */
export class ShellPromise extends Promise<ShellOutput> {
  readonly #start: (settings: ShellSettings) => Promise<ShellOutput>;
  readonly #settings: ShellSettings;
  readonly #settle: { resolve(output: ShellOutput): void; reject(error: unknown): void };
  #started = false;

  /** Promises made of it are the platform's. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  constructor(start: (settings: ShellSettings) => Promise<ShellOutput>, settings: ShellSettings) {
    let settle!: { resolve(output: ShellOutput): void; reject(error: unknown): void };
    super((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#start = start;
    this.#settings = settings;
    this.#settle = settle;
  }

  /** Starts it. */
  run(): this {
    if (this.#started) return this;
    this.#started = true;
    const { throws } = this.#settings;
    this.#start(this.#settings).then((output) => {
      if (throws && output.exitCode !== 0) this.#settle.reject(new ShellError(output));
      else this.#settle.resolve(output);
    }, this.#settle.reject);
    return this;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise that starts when it is awaited.
  override then<A = ShellOutput, B = never>(
    onResolved?: ((output: ShellOutput) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.run();
    return super.then(onResolved, onRejected);
  }

  /** Replaces the environment. @throws Error behind the start, as the methods below do */
  env(env: Record<string, string | undefined> | undefined): this {
    return this.#set({ env });
  }

  cwd(cwd: string | undefined): this {
    return this.#set({ cwd });
  }

  /** Nothing is printed; the output is kept in any case. */
  quiet(isQuiet = true): this {
    return this.#set({ quiet: isQuiet });
  }

  nothrow(): this {
    return this.#set({ throws: false });
  }

  throws(throws: boolean): this {
    return this.#set({ throws });
  }

  async text(encoding?: BufferEncoding): Promise<string> {
    return (await this.#quietly()).text(encoding);
  }

  async json(): Promise<unknown> {
    return (await this.#quietly()).json();
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#quietly()).bytes();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.#quietly()).arrayBuffer();
  }

  async blob(): Promise<Blob> {
    return (await this.#quietly()).blob();
  }

  /** The lines of the output, without their line feeds, when the command is over. As in Bun, an empty one is behind the last line feed. */
  async *lines(): AsyncGenerator<string, void> {
    yield* (await this.text()).split("\n");
  }

  #quietly(): Promise<ShellOutput> {
    if (!this.#started) this.quiet();
    return Promise.resolve(this);
  }

  #set(settings: Partial<ShellSettings>): this {
    if (this.#started) throw new Error("Shell is already running");
    Object.assign(this.#settings, settings);
    return this;
  }
}
