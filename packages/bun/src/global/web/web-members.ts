/** Members that Bun's classes of the web have, and those of Node.js have not. */
import { timingSafeEqual } from "node:crypto";
import { createRequire } from "node:module";
import { isFileBlob } from "@mantou/serve/hosting";

const require = createRequire(import.meta.url);

/** A file as the platform's classes take it: with its bytes, which Node.js reads from no Blob but its own. */
function copyOf(file: Blob): Blob {
  const { readNow } = require("../../process/read-now.js") as typeof import("../../process/read-now.ts");
  return new Blob([readNow(file) as Uint8Array<ArrayBuffer>], { type: file.type });
}

/** The class, which also takes files of `Bun.file` among its parts: they are read at once. */
function takingFiles<Class extends typeof Blob | typeof File>(platform: Class): Class {
  const value = new Proxy(platform, {
    construct(target, args: [parts?: unknown, ...rest: unknown[]], newTarget): object {
      const [parts, ...rest] = args;
      const hasFile = Array.isArray(parts) && parts.some(isFileBlob);
      const all = hasFile ? parts.map((part) => (isFileBlob(part) ? copyOf(part) : part)) : parts;
      return Reflect.construct(target, args.length === 0 ? [] : [all, ...rest], newTarget) as object;
    },
  });
  Reflect.defineProperty(platform.prototype, "constructor", { value, writable: true, configurable: true });
  return value;
}

/** A copy, with Bun's members. */
function bunHeaders(headers: Headers): BunHeaders {
  return new Headers(headers) as unknown as BunHeaders;
}

interface BunHeaders {
  readonly count: number;
  getAll(name: string): string[];
  toJSON(): unknown;
}

/** What a list of pairs is as JSON in Bun: a name that comes twice has a list. */
function pairsToJSON(pairs: Iterable<[string, unknown]>): Record<string, unknown> {
  const values = new Map<string, unknown[]>();
  for (const [name, value] of pairs) {
    const all = values.get(name);
    if (all === undefined) values.set(name, [value]);
    else all.push(value);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
}

function define(holder: object, members: object): void {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(members))) {
    if (!(name in holder)) Object.defineProperty(holder, name, { ...descriptor, enumerable: false });
  }
}

/** Files of `Bun.file` become fields of forms as other Blobs do; their names are their paths, as in Bun. */
function takeFilesInForms({ prototype }: typeof FormData): void {
  for (const name of ["append", "set"] as const) {
    const original = prototype[name] as (...args: unknown[]) => void;
    const replacement = {
      [name](this: FormData, ...args: unknown[]): unknown {
        const [key, value, fileName = isFileBlob(value) ? value.name : undefined] = args;
        if (!isFileBlob(value)) return Reflect.apply(original, this, args);
        return Reflect.apply(original, this, [
          key,
          copyOf(value as unknown as Blob),
          ...(fileName === undefined ? [] : [fileName]),
        ]);
      },
    };
    Object.defineProperty(prototype, name, {
      value: replacement[name],
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
}

/** Adds the members to a class or an object of the platform when a program asks for it: Node.js loads most of them only then. */
const ADDITIONS: Readonly<Record<string, (platform: never) => unknown>> = {
  Blob(platform: typeof Blob) {
    define(platform.prototype, {
      async json(this: Blob): Promise<unknown> {
        return JSON.parse(await this.text());
      },
      formData(this: Blob): Promise<FormData> {
        return new Response(this, { headers: { "content-type": this.type } }).formData() as Promise<FormData>;
      },
    });
    return takingFiles(platform);
  },
  File: (platform: typeof File) => takingFiles(platform),
  FormData(platform: typeof FormData) {
    define(platform.prototype, {
      toJSON(this: FormData): Record<string, unknown> {
        return pairsToJSON(this as unknown as Iterable<[string, unknown]>);
      },
      get length(): number {
        return [...(this as unknown as Iterable<unknown>)].length;
      },
    });
    takeFilesInForms(platform);
    return platform;
  },
  crypto(platform: object) {
    define(Object.getPrototypeOf(platform) as object, { timingSafeEqual });
    return platform;
  },
};

/** @param defineLazily makes a global at its first use */
export function addWebMembers(defineLazily: (name: string, make: () => unknown) => void): void {
  for (const [name, add] of Object.entries(ADDITIONS)) {
    const { get, value } = Object.getOwnPropertyDescriptor(globalThis, name) ?? {};
    defineLazily(name, () => add((get === undefined ? value : get.call(globalThis)) as never));
  }
  // Our Headers have them. `new Request(url)` and the platform's `fetch` make those of Node.js. Where ours are not the global, as in plain
  // mode, what theirs inherit from is `Object.prototype`.
  const platformHeaders = Object.getPrototypeOf(Headers.prototype) as object;
  if (platformHeaders !== Object.prototype)
    define(platformHeaders, {
      toJSON(this: Headers): unknown {
        return bunHeaders(this).toJSON();
      },
      getAll(this: Headers, name: string): string[] {
        return bunHeaders(this).getAll(name);
      },
      get count(): number {
        return bunHeaders(this as unknown as Headers).count;
      },
    });
  define(URLSearchParams.prototype, {
    toJSON(this: URLSearchParams): Record<string, unknown> {
      return pairsToJSON(this);
    },
    get length(): number {
      return (this as unknown as URLSearchParams).size;
    },
  });
}
