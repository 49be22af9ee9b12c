import { resolve } from "node:path";
import { fileSource, isFileBlob, isWholeFile } from "@mantou/serve/hosting";
import { viewOf } from "../global/bytes.ts";

/** A template as the package `dax` takes it. */
export interface Template {
  readonly strings: TemplateStringsArray;
  readonly values: readonly unknown[];
}

/**
 * Makes of Bun's values what `dax` takes: `{ raw }` becomes part of the text, files their paths, bodies and Blobs streams.
 * @throws Error for an object that a shell has no use for
 */
export function templateOf({ raw }: TemplateStringsArray, given: readonly unknown[]): Template {
  const texts = [raw[0] ?? ""];
  const values: unknown[] = [];
  for (const [index, value] of given.entries()) {
    const next = raw[index + 1] ?? "";
    if (isRaw(value)) {
      texts.push(`${texts.pop()}${value.raw}${next}`);
      continue;
    }
    values.push(REDIRECTION.test(texts.at(-1)!) ? redirectionOf(value) : valueFor(value));
    texts.push(next);
  }
  return { strings: Object.assign(texts, { raw: texts }) as unknown as TemplateStringsArray, values };
}

/** A path behind `<` or `>`, for which `dax` has a class of its own. */
export class RedirectionPath {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

/** The end of a text with a value behind that is read or written. */
const REDIRECTION = /[<>]\s*$/;

function redirectionOf(value: unknown): unknown {
  if (typeof value === "string") return new RedirectionPath(value);
  // As elsewhere, a file's path is relative to this process's folder.
  const file = isFileBlob(value) && isWholeFile(value) ? fileSource(value) : null;
  return typeof file === "string" ? new RedirectionPath(resolve(file)) : valueFor(value);
}

function isRaw(value: unknown): value is { readonly raw: unknown } {
  return typeof value === "object" && value !== null && "raw" in value && !Array.isArray(value);
}

function valueFor(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.map(valueFor);
  if (value instanceof Uint8Array || value instanceof ReadableStream) return value;
  const bytes = viewOf(value);
  if (bytes !== null) return bytes;
  if (isFileBlob(value) && isWholeFile(value) && typeof fileSource(value) === "string")
    return fileSource(value);
  if (value instanceof Blob) return value.stream();
  if (value instanceof Response || value instanceof Request) return value.body ?? new Blob([]).stream();
  throw new Error(
    `Invalid JS object used in shell: ${String(value)}, you might need to call \`.toString()\` on it`,
  );
}
