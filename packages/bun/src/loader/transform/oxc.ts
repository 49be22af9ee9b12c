/** Calls of the transformer oxc, which is loaded at the first one. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

type Transform = typeof import("oxc-transform").transformSync;
export type OxcOptions = NonNullable<Parameters<Transform>[2]>;
export type OxcResult = ReturnType<Transform>;

/** A loop at the top of a module. oxc takes a file for a module if it has `await` there, and not if that is a loop's. */
const FOR_AWAIT = /\bfor\s+await\b/;

/**
 * Transforms a text, whose errors are those of its result.
 * @param name of its file
 */
export function runOxc(name: string, text: string, options: OxcOptions): OxcResult {
  const { transformSync } = require("oxc-transform") as { transformSync: Transform };
  const result = transformSync(name, text, options);
  // A return outside of functions is one of CommonJS.
  if (!hasErrors(result) || options.sourceType === "commonjs") return result;
  if (FOR_AWAIT.test(text) && options.sourceType === "unambiguous") {
    const asModule = transformSync(name, text, { ...options, sourceType: "module" });
    if (!hasErrors(asModule)) return asModule;
  }
  const asCommonJS = transformSync(name, text, { ...options, sourceType: "commonjs" });
  return hasErrors(asCommonJS) ? result : asCommonJS;
}

/** Whether a text is JavaScript, with decorators. */
export function isJavaScript(name: string, text: string): boolean {
  return !hasErrors(runOxc(name, text, { lang: "js", sourceType: "unambiguous" }));
}

/** Warnings are of what oxc leaves out. */
export function realErrors({ errors }: OxcResult): OxcResult["errors"] {
  return errors.filter(({ severity }) => String(severity) === "Error");
}

/** Where an error is in the text: oxc counts bytes of UTF-8. */
export function offsetOfError(error: OxcResult["errors"][number], text: string): number {
  return Buffer.from(text)
    .subarray(0, error.labels.at(-1)?.start ?? 0)
    .toString().length;
}

function hasErrors(result: OxcResult): boolean {
  return realErrors(result).length > 0;
}
