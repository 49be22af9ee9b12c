/** The names of Bun that Mantou has not. Each can be imported, and using it throws an error that says what to use. */
import { emptyOf } from "./lazy.ts";

/** The kind of value that the name has in Bun. `typeof` shows it here, too. */
type Kind = "function" | "class" | "object";

/** Each message says "use", and then this text. */
const INSTEAD: Readonly<Record<string, readonly [kind: Kind, instead: string]>> = {
  Archive: ["class", "the package tar, or fflate for ZIP"],
  FFI: ["object", "the package koffi"],
  FetchSession: ["class", "fetch, or an Agent of the package undici"],
  Image: ["class", "the package sharp"],
  ModuleGraph: ["class", "the package es-module-lexer"],
  S3Client: ["class", "the package @aws-sdk/client-s3 or aws4fetch"],
  Terminal: ["class", "the package node-pty"],
  WebView: ["class", "the package playwright or puppeteer"],
  XML: ["object", "the package fast-xml-parser"],
  build: ["function", "`mantou build` for programs and pages, or the package vite, esbuild or rolldown"],
  color: ["function", "the package colorjs.io"],
  connect: ["function", "node:net or node:tls"],
  cron: ["function", "the package croner"],
  generateHeapSnapshot: ["function", "getHeapSnapshot of node:v8"],
  listen: ["function", "node:net or node:tls"],
  markdown: ["object", "the package marked or markdown-it"],
  mmap: ["function", "Bun.file(path).bytes()"],
  openInEditor: ["function", "the package launch-editor"],
  plugin: ["function", "registerHooks of node:module"],
  s3: ["object", "the package @aws-sdk/client-s3 or aws4fetch"],
  secrets: ["object", "the package @napi-rs/keyring"],
  udpSocket: ["function", "node:dgram"],
  unsafe: ["object", "Buffer"],
};

/** The names of what is missing. */
export const MISSING: readonly string[] = Object.keys(INSTEAD);

/** Read by the language or by libraries from any value that comes their way, such as a promise's result: reading them is no use. */
const HARMLESS: ReadonlySet<string> = new Set(["then", "toJSON"]);

/** The error for something of Bun that is not there. */
export function notThere(name: string, instead: string, where = ""): Error {
  return Object.assign(new Error(`${name} is not there in Mantou (use ${instead})${where}`), {
    code: "ERR_NOT_IN_MANTOU",
  });
}

/**
 * A value in place of a member of Bun that is not there. Calling it, constructing it, and reading or setting its properties throws. Values
 * of symbols are undefined, so that it can be printed, awaited and compared; nothing is an instance of it.
 */
export function missing(name: string): never {
  const [kind, instead] = INSTEAD[name]!;
  const use = (): never => {
    throw notThere(`Bun.${name}`, instead);
  };
  return new Proxy(emptyOf(kind === "object" ? kind : "function", name), {
    get: (_, key) => {
      if (key === Symbol.hasInstance) return () => false;
      return typeof key === "symbol" || HARMLESS.has(key) ? undefined : use();
    },
    set: use,
    apply: use,
    construct: use,
  }) as never;
}
