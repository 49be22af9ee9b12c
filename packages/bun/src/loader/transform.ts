import { createRequire } from "node:module";
import { basename } from "node:path";
import { assignDecoratedFields } from "./decorated-fields.ts";
import { INJECTED } from "./module-names.ts";
import { sourceError } from "./source-error.ts";
import type { CompilerOptions, Lang, Transformed } from "./transform-options.ts";
import { lowered, needsLowering } from "./transform-rest.ts";

const require = createRequire(import.meta.url);

/** Names for which the module gets an import that `bindNames` replaces. */
export type Inject = readonly string[];

type Transform = typeof import("oxc-transform").transformSync;
type TransformOptions = NonNullable<Parameters<Transform>[2]>;
type JsxOptions = Exclude<TransformOptions["jsx"], "preserve" | undefined>;
type Errors = ReturnType<Transform>["errors"];

/**
 * Makes JavaScript of TypeScript and JSX, and of what this Node.js lacks.
 *
 * @throws a `SyntaxError` that shows the place
 */
export function transform(
  path: string,
  text: string,
  lang: Lang,
  compiler: CompilerOptions,
  inject: Inject = [],
): Transformed {
  // Loaded at the first use.
  const { transformSync } = require("oxc-transform") as { transformSync: Transform };
  const name = basename(path);
  const run = (source: string, options: TransformOptions): ReturnType<Transform> => {
    const result = transformSync(name, source, options);
    const errors = realErrors(result.errors);
    // A return outside of functions is one of CommonJS.
    if (errors.length === 0 || options.sourceType === "commonjs") return result;
    if (FOR_AWAIT.test(source) && options.sourceType === "unambiguous") {
      const asModule = transformSync(name, source, { ...options, sourceType: "module" });
      if (realErrors(asModule.errors).length === 0) return asModule;
    }
    const asCommonJS = transformSync(name, source, { ...options, sourceType: "commonjs" });
    return realErrors(asCommonJS.errors).length === 0 ? asCommonJS : result;
  };
  const parses = (code: string): boolean =>
    realErrors(run(code, { lang: "js", sourceType: "unambiguous" }).errors).length === 0;
  const options = optionsFor(lang, compiler, inject);
  // Only the automatic runtime has calls for development.
  if (/@jsxRuntime\s+classic\b/.test(text)) (options.jsx as JsxOptions).development = false;
  const result = run(text, options);
  const [error] = realErrors(result.errors);
  if (error !== undefined) {
    // oxc counts bytes of UTF-8.
    const at = Buffer.from(text)
      .subarray(0, error.labels.at(-1)?.start ?? 0)
      .toString().length;
    throw sourceError(error.message, path, text, at);
  }
  if (result.errors.length > 0 || needsLowering(result.code, parses)) {
    return lowered(path, text, lang, compiler);
  }
  const code =
    !compiler.assignFields && DECORATED_FIELD.test(result.code)
      ? assignDecoratedFields(result.code)
      : result.code;
  return { code, mappings: result.map?.mappings ?? "", names: result.map?.names ?? [] };
}

/** A loop at the top of a module. oxc takes a file for a module if it has `await` there, and not if that is a loop's. */
const FOR_AWAIT = /\bfor\s+await\b/;

/** Warnings are of what oxc leaves out. */
function realErrors(errors: Errors): Errors {
  return errors.filter(({ severity }) => String(severity) === "Error");
}

const DECORATED_FIELD = /babelHelpers\.decorate\([^;]*, void 0\);/;

const ASSIGNED_FIELDS: TransformOptions = {
  assumptions: { setPublicClassFields: true },
  typescript: { removeClassFieldsWithoutInitializer: true },
};

function optionsFor(lang: Lang, compiler: CompilerOptions, inject: Inject): TransformOptions {
  const options: TransformOptions = {
    // Bun reads JSX in .js, too.
    lang: lang === "js" ? "jsx" : lang,
    sourceType: "unambiguous",
    target: `node${process.versions.node}`,
    sourcemap: true,
    // From a global object, so that each program finds them.
    helpers: { mode: "External" as never },
    jsx: {
      runtime: compiler.jsx,
      development: compiler.jsx === "automatic" && compiler.jsxDev,
      throwIfNamespace: false,
      ...(compiler.jsxImportSource === undefined ? {} : { importSource: compiler.jsxImportSource }),
      ...(compiler.jsxFactory === undefined ? {} : { pragma: compiler.jsxFactory }),
      ...(compiler.jsxFragmentFactory === undefined ? {} : { pragmaFrag: compiler.jsxFragmentFactory }),
    },
    // Bun's metadata of `string | null` is `String`.
    decorator: {
      legacy: compiler.legacyDecorators,
      emitDecoratorMetadata: compiler.decoratorMetadata,
      strictNullChecks: false,
    },
  };
  if (compiler.assignFields) Object.assign(options, ASSIGNED_FIELDS);
  if (compiler.define !== undefined) options.define = compiler.define;
  if (inject.length > 0) options.inject = Object.fromEntries(inject.map((name) => [name, [INJECTED, name]]));
  return options;
}
