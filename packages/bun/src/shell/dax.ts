/** What is used of the package `dax`. */
export interface Dax {
  readonly $: {
    (strings: TemplateStringsArray, ...values: readonly unknown[]): DaxCommand;
    path(text: string): unknown;
  };
}

export interface DaxCommand extends PromiseLike<DaxResult> {
  noThrow(): DaxCommand;
  clearEnv(): DaxCommand;
  env(items: Record<string, string | undefined>): DaxCommand;
  cwd(path: string): DaxCommand;
  stdout(kind: "piped" | "inheritPiped"): DaxCommand;
  stderr(kind: "piped" | "inheritPiped"): DaxCommand;
  /** A glob without matches is an error. */
  failglob(): DaxCommand;
  registerCommand(name: string, run: (context: DaxContext) => Promise<{ readonly code: number }>): DaxCommand;
}

export interface DaxResult {
  readonly code: number;
  readonly stdoutBytes: Uint8Array;
  readonly stderrBytes: Uint8Array;
}

/** What a command that is registered gets. */
export interface DaxContext {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly stdin: "inherit" | "null" | DaxReader;
  readonly stdout: DaxWriter;
  readonly stderr: DaxWriter;
  readonly signal: {
    addListener(listener: (signal: NodeJS.Signals) => void): void;
    removeListener(listener: (signal: NodeJS.Signals) => void): void;
  };
  error(code: number, text: string): Promise<{ readonly code: number }>;
}

export interface DaxReader {
  /** @returns the number of bytes; null or 0 at the end */
  read(bytes: Uint8Array): Promise<number | null>;
}

export interface DaxWriter {
  readonly kind: "inherit" | "null" | "piped" | "inheritPiped";
  /** Where it writes to: the next command's input in a pipeline. */
  readonly inner: object;
  writeAll(bytes: Uint8Array): unknown;
  writeText(text: string): unknown;
}
