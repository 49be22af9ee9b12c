import { resolve } from "node:path";
import { fileSource, isFileBlob, isWholeFile } from "@mantou/serve/hosting";
import { viewOf } from "../base/bytes.ts";
import { type Inserted, type Piece, RedirectionPath, ShellTranslator } from "./translate.ts";

/** A template as the package `dax` takes it. */
export interface Template {
  readonly strings: TemplateStringsArray;
  readonly values: readonly unknown[];
  /** Nothing but white space and comments. */
  readonly isEmpty: boolean;
}

/**
 * The characters and values of a template: `{ raw }` becomes part of the text, files their paths, bodies and Blobs streams.
 * @throws Error for an object that a shell has no use for
 */
export function piecesOf({ raw }: TemplateStringsArray, given: readonly unknown[]): Piece[] {
  const pieces: Piece[] = [...(raw[0] ?? "")];
  let behind = raw[0] ?? "";
  for (const [index, value] of given.entries()) {
    const next = raw[index + 1] ?? "";
    if (isRaw(value)) {
      pieces.push(...String(value.raw));
      behind += String(value.raw);
    } else {
      pieces.push(REDIRECTION.test(behind) ? redirectionOf(value) : insertedOf(value));
      behind = "";
    }
    pieces.push(...next);
    behind += next;
  }
  return pieces;
}

/** @param env the environment in which its commands run */
export function templateOf(
  pieces: readonly Piece[],
  env: Readonly<Record<string, string | undefined>>,
): Template {
  const { texts, values } = new ShellTranslator(pieces, env).translate();
  return {
    strings: Object.assign(texts, { raw: texts }) as unknown as TemplateStringsArray,
    values,
    isEmpty: values.length === 0 && texts.join("").trim() === "",
  };
}

/** The end of a text with a value behind that is read or written. */
const REDIRECTION = /[<>]\s*$/;

function redirectionOf(value: unknown): Inserted {
  if (typeof value === "string") return { stream: new RedirectionPath(value) };
  // As elsewhere, a file's path is relative to this process's folder.
  const file = isFileBlob(value) && isWholeFile(value) ? fileSource(value) : null;
  return typeof file === "string" ? { stream: new RedirectionPath(resolve(file)) } : insertedOf(value);
}

function isRaw(value: unknown): value is { readonly raw: unknown } {
  return typeof value === "object" && value !== null && "raw" in value && !Array.isArray(value);
}

function insertedOf(value: unknown): Inserted {
  if (Array.isArray(value)) return { words: value.flat(Number.POSITIVE_INFINITY).map(wordOf) };
  if (value instanceof Uint8Array || value instanceof ReadableStream) return { stream: value };
  const bytes = viewOf(value);
  if (bytes !== null) return { stream: bytes };
  if (value instanceof Blob && pathOf(value) === null) return { stream: value.stream() };
  if (value instanceof Response || value instanceof Request) {
    return { stream: value.body ?? new Blob([]).stream() };
  }
  return { words: [wordOf(value)] };
}

function pathOf(value: unknown): string | null {
  const source = isFileBlob(value) && isWholeFile(value) ? fileSource(value) : null;
  return typeof source === "string" ? source : null;
}

function wordOf(value: unknown): string {
  const path = pathOf(value);
  if (path !== null) return path;
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
