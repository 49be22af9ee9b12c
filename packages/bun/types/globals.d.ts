// biome-ignore-all lint/suspicious/noExplicitAny: as the types of the platform have it
/** What Bun's globals have, and those of Node.js lack: docs/bun-runtime.md and the README say what each does. */

interface ImportMeta {
  /** The folder of the module, without a slash at its end. */
  readonly dir: string;
  /** The name of its file. */
  readonly file: string;
  /** The path of its file. */
  readonly path: string;
  /** Whether the process was started with this module. */
  main: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly require: NodeJS.Require;
  /** The path of a module, as an import of it finds it. */
  resolveSync(specifier: string, importer?: string): string;
}

interface Console {
  /** The lines of standard input. */
  [Symbol.asyncIterator](): AsyncIterableIterator<string>;
  /** Writes texts and bytes as they are. @returns bytes written */
  write(...data: (string | ArrayBufferView | ArrayBuffer)[]): number;
}

declare namespace NodeJS {
  interface Process {
    readonly isBun: true;
  }
  interface ProcessVersions {
    /** The version of Bun that Mantou follows. */
    readonly bun: string;
  }
}

// The types of Node.js have a module for each of these (node-modules.d.ts), and the global ones are made of it; those of the DOM are others.

interface BunStreamMethods {
  text(): Promise<string>;
  json(): Promise<any>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  blob(): Promise<Blob>;
}
interface ReadableStream<R = any> extends BunStreamMethods {}

interface BunBlobMethods {
  json(): Promise<any>;
  formData(): Promise<FormData>;
}
interface Blob extends BunBlobMethods {}

interface BunSearchParamsMembers {
  readonly length: number;
  toJSON(): Record<string, string | string[]>;
}
interface URLSearchParams extends BunSearchParamsMembers {}

interface BunCryptoMethods {
  /** Compares in a time that does not depend on the bytes. */
  timingSafeEqual(a: ArrayBufferView | ArrayBuffer, b: ArrayBufferView | ArrayBuffer): boolean;
}
interface Crypto extends BunCryptoMethods {}

interface Headers {
  /** The number of fields. */
  readonly count: number;
  getAll(name: "set-cookie" | "Set-Cookie"): string[];
  toJSON(): Record<string, string>;
}

interface FormData {
  readonly length: number;
  toJSON(): Record<string, unknown>;
}

interface Navigator {
  readonly hardwareConcurrency: number;
  readonly platform: string;
  readonly userAgent: string;
}
declare var navigator: Navigator;

/** Reports an error as one that nothing has caught. The program goes on. */
declare function reportError(error: any): void;

/** The platform's, with Bun's options. */
declare function fetch(
  input: string | URL | Request,
  init?: import("@mantou/bun").BunFetchInit,
): Promise<Response>;
declare namespace fetch {
  /** Checks the URL. */
  function preconnect(url: string | URL): void;
}

declare var Worker: typeof globalThis extends { onmessage: any; Worker: infer T }
  ? T
  : typeof import("../dist/global/web/web-worker.js").Worker;
/** What the constructor of `Worker` takes besides, where the types of the DOM have one. */
interface WorkerOptions {
  preload?: string | readonly string[] | undefined;
  smol?: boolean | undefined;
  ref?: boolean | undefined;
  argv?: string[] | undefined;
}
