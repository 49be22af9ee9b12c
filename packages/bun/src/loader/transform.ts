import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** JavaScript that this Node.js runs, made of TypeScript or JSX. */
export function transform(path: string, text: string, lang: "ts" | "tsx" | "js" | "jsx"): string {
  // Loaded at the first use.
  const { transformSync } = require("oxc-transform") as typeof import("oxc-transform");
  const { code, errors } = transformSync(path, text, { lang, jsx: { runtime: "automatic" } });
  if (errors.length > 0) throw new SyntaxError(`${errors[0]!.message}\n${errors[0]!.codeframe ?? path}`);
  return code;
}
