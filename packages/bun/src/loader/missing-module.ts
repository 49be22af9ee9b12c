import { readFileSync } from "node:fs";
import { isProgram, pathOf } from "./hot-mark.ts";
import { missingPath, noteMissing } from "./read-files.ts";
import { withPlace } from "./source-error.ts";

const CODES = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ERR_UNSUPPORTED_DIR_IMPORT"]);

/**
 * The error for a module that is not there, with Bun's message and the place of the module's name in its importer. Any other error stays as it is,
 * and so do those of dependencies, which try what may be missing.
 */
export function withImportPlace(error: unknown, specifier: string, importer: string | undefined): unknown {
  const code = (error as { code?: unknown }).code;
  if (!(error instanceof Error) || typeof code !== "string" || !CODES.has(code)) return error;
  const path = importer === undefined || !isProgram(importer) ? null : pathOf(importer);
  if (path === null) return error;
  noteMissing(missingPath(specifier, path));
  if (code !== "MODULE_NOT_FOUND") {
    const kind = /^(?:[./#]|file:)/.test(specifier) ? "module" : "package";
    const { message } = error;
    error.message = `Cannot find ${kind} '${specifier}' imported from ${path}`;
    error.stack = error.stack?.replace(message, () => error.message) ?? error.message;
  }
  const text = textOf(path);
  const at = placeOf(specifier, text);
  return at < 0 ? error : withPlace(error, path, text, at);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The offset of the specifier in its quotes; -1 for one that the program computes. */
export function placeOf(specifier: string, text: string): number {
  for (const quote of ['"', "'", "`"]) {
    const at = text.search(
      new RegExp(String.raw`(?:\bfrom|\bimport|\brequire|\()\s*${quote}${escaped(specifier)}${quote}`),
    );
    if (at >= 0) return text.indexOf(quote, at);
  }
  return -1;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
