import { dirname } from "node:path";
import { forgetTsConfigs, type TsConfig, tsconfigIn, tsconfigOf } from "../resolve/tsconfig.ts";
import { getDefines } from "./define.ts";
import { getJSXSettings } from "./jsx-settings.ts";

/** JavaScript that this Node.js runs. */
export interface Transformed {
  readonly code: string;
  /** Of its source map. */
  readonly mappings: string;
  readonly names: readonly string[];
}

/** The compiler options that change a module's JavaScript. */
export interface CompilerOptions {
  readonly jsx: "classic" | "automatic";
  /** Calls `jsxDEV`, which development has. */
  readonly jsxDev: boolean;
  readonly jsxImportSource?: string;
  readonly jsxFactory?: string;
  readonly jsxFragmentFactory?: string;
  /** Decorators of TypeScript, before those of ECMAScript. */
  readonly legacyDecorators: boolean;
  readonly decoratorMetadata: boolean;
  /** Class fields are assigned, and those without a value are none. */
  readonly assignFields: boolean;
  /** Names that are replaced by expressions. */
  readonly define?: Readonly<Record<string, string>>;
}

const cache = new Map<TsConfig | null, CompilerOptions>();
let ofWorkingDirectory: TsConfig | null | undefined;

export function forgetCompilerOptions(): void {
  forgetTsConfigs();
  cache.clear();
  ofWorkingDirectory = undefined;
}

/**
 * The compiler options for a file. Bun takes those of the working directory for each file, so they come first. Without a tsconfig there, the
 * nearest one of the file counts, which is what its author meant.
 */
export function compilerOptionsFor(path: string): CompilerOptions {
  ofWorkingDirectory ??= tsconfigIn(process.cwd());
  const config = ofWorkingDirectory ?? tsconfigOf(dirname(path));
  let options = cache.get(config);
  if (options === undefined) {
    options = read(config?.compilerOptions ?? {});
    cache.set(config, options);
  }
  return options;
}

function read(own: TsConfig["compilerOptions"]): CompilerOptions {
  const given = { ...getJSXSettings(), ...own };
  const define = getDefines();
  const jsx = typeof given.jsx === "string" ? given.jsx.toLowerCase() : "";
  return {
    jsx: jsx === "react" ? "classic" : "automatic",
    jsxDev: jsx !== "react-jsx" && process.env["NODE_ENV"] !== "production",
    ...text("jsxImportSource", given.jsxImportSource),
    ...text("jsxFactory", given.jsxFactory),
    ...text("jsxFragmentFactory", given.jsxFragmentFactory),
    legacyDecorators: given.experimentalDecorators === true || given.emitDecoratorMetadata === true,
    decoratorMetadata: given.emitDecoratorMetadata === true,
    assignFields: given.useDefineForClassFields === false,
    ...(define === null ? {} : { define }),
  };
}

function text<Name extends string>(name: Name, value: unknown): { [name in Name]?: string } {
  return typeof value === "string" && value !== "" ? ({ [name]: value } as { [name in Name]: string }) : {};
}
