import { basename } from "node:path";
import type { Lang } from "../data/formats.ts";
import { sourceError } from "../source/source-error.ts";
import { INJECTED } from "../syntax/module-names.ts";
import { assignDecoratedFields } from "./decorated-fields.ts";
import { isJavaScript, type OxcOptions, offsetOfError, realErrors, runOxc } from "./oxc.ts";
import type { CompilerOptions, Transformed } from "./transform-options.ts";
import { lowered, needsLowering } from "./transform-rest.ts";

/** Names for which the module gets an import that `bindInjected` replaces. */
export type Inject = readonly string[];

type JsxOptions = Exclude<OxcOptions["jsx"], "preserve" | undefined>;

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
  const name = basename(path);
  const options = optionsFor(lang, compiler, inject);
  // Only the automatic runtime has calls for development.
  if (/@jsxRuntime\s+classic\b/.test(text)) (options.jsx as JsxOptions).development = false;
  const result = runOxc(name, text, options);
  const [error] = realErrors(result);
  if (error !== undefined) throw sourceError(error.message, path, text, offsetOfError(error, text));
  if (result.errors.length > 0 || needsLowering(result.code, (code) => isJavaScript(name, code))) {
    return lowered(path, text, lang, compiler);
  }
  const code =
    !compiler.assignFields && DECORATED_FIELD.test(result.code)
      ? assignDecoratedFields(result.code)
      : result.code;
  return { code, mappings: result.map?.mappings ?? "", names: result.map?.names ?? [] };
}

const DECORATED_FIELD = /babelHelpers\.decorate\([^;]*, void 0\);/;

const ASSIGNED_FIELDS: OxcOptions = {
  assumptions: { setPublicClassFields: true },
  typescript: { removeClassFieldsWithoutInitializer: true },
};

function optionsFor(lang: Lang, compiler: CompilerOptions, inject: Inject): OxcOptions {
  const options: OxcOptions = {
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
