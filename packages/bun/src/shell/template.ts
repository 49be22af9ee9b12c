import { resolve } from "node:path";
import { announceWhole, fileSource, isFileBlob, isWholeFile } from "@mantou/serve/hosting";
import { viewOf } from "../base/bytes.ts";
import { findExecutables } from "./executable.ts";
import { type Inserted, OpenFile, type Piece, RedirectionPath, ShellTranslator } from "./translate.ts";

/** A template as the package `dax` takes it. */
export interface Template {
  readonly strings: TemplateStringsArray;
  readonly values: readonly unknown[];
  /** Commands of the system, by their names in the template. */
  readonly executables: ReadonlyMap<string, string>;
  /** Nothing but white space and comments. */
  readonly isEmpty: boolean;
}

/**
 * The characters and values of a template: `{ raw }` becomes part of the text, files their paths, bodies and Blobs streams.
 * @throws Error for an object that a shell has no use for
 */
export function piecesOf({ raw }: TemplateStringsArray, given: readonly unknown[]): Piece[] {
  return raw.flatMap((text, index): Piece[] => {
    if (index >= given.length) return [...text];
    const value = given[index];
    return [...text, ...(isRaw(value) ? String(value.raw) : [insertedOf(value)])];
  });
}

/** @param env the environment in which its commands run */
export function templateOf(
  pieces: readonly Piece[],
  env: Readonly<Record<string, string | undefined>>,
): Template {
  const { texts: translated, values } = new ShellTranslator(pieces, env).translate();
  const { texts, commands } = findExecutables(translated);
  return {
    executables: commands,
    strings: Object.assign(texts, { raw: texts }) as unknown as TemplateStringsArray,
    values,
    isEmpty: values.length === 0 && texts.join("").trim() === "",
  };
}

function isRaw(value: unknown): value is { readonly raw: unknown } {
  return typeof value === "object" && value !== null && "raw" in value && !Array.isArray(value);
}

function insertedOf(value: unknown): Inserted {
  const path = pathOf(value);
  // As elsewhere, a file's path is relative to this process's folder.
  if (path !== null) return { words: [wordOf(value)], target: new RedirectionPath(resolve(path)) };
  if (typeof value === "string") return { words: [wordOf(value)], target: new RedirectionPath(value) };
  if (Array.isArray(value)) {
    return { words: value.flat(Number.POSITIVE_INFINITY).map(wordOf), target: null };
  }
  const stream = streamOf(value);
  return stream === null ? { words: [wordOf(value)], target: null } : { words: null, target: stream };
}

function streamOf(value: unknown): unknown {
  if (isFileBlob(value) && typeof fileSource(value) === "number") return new OpenFile(value);
  if (value instanceof Blob) return value.stream();
  const isMessage = value instanceof Response || value instanceof Request;
  const stream = isMessage ? (value.body ?? new Blob([]).stream()) : value;
  if (!(stream instanceof ReadableStream)) return viewOf(value);
  announceWhole(stream);
  return stream;
}

function pathOf(value: unknown): string | null {
  const source = isFileBlob(value) && isWholeFile(value) ? fileSource(value) : null;
  return typeof source === "string" ? source : null;
}

function wordOf(value: unknown): string {
  const word = pathOf(value) ?? textOf(value);
  if (word.includes("\0"))
    throw new TypeError(`A value in a command of Bun.$ has a null byte: ${JSON.stringify(word)}`);
  return word;
}

function textOf(value: unknown): string {
  const hasText = typeof value !== "object" || value === null || hasOwnText(value);
  // A symbol has no text of its own: `${symbol}` throws.
  if (hasText) return typeof value === "symbol" ? `${value as unknown as string}` : String(value);
  throw new Error(
    `Invalid JS object used in shell: ${Object.prototype.toString.call(value)}, you might need to call \`.toString()\` on it`,
  );
}

/** Whether its text says more than its class, as that of a URL, a date or an error does. */
function hasOwnText(value: object): boolean {
  const { toString: method } = value as { toString?: unknown };
  return typeof method === "function" && method !== Object.prototype.toString;
}
