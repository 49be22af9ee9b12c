/**
 * `Bun.Transpiler` (docs/runtime/transpiler): JavaScript of TypeScript and JSX by oxc, and what a module imports and exports. The text is laid
 * out as oxc does it.
 */

import { wrongType } from "../../base/argument-error.ts";
import { viewOf } from "../../base/bytes.ts";
import { notThere } from "../../base/missing.ts";
import { transpiled } from "../../loader/transform/transpiled.ts";
import { type ModuleNames, namesOf, type TranspilerImport } from "./module-scan.ts";

const LOADERS = ["js", "jsx", "ts", "tsx"] as const;
type Loader = (typeof LOADERS)[number];
type Code = string | ArrayBufferView | ArrayBuffer;

/** The options of `Transpiler`. Those of Bun that change only how the text looks are accepted, and change nothing. */
export interface TranspilerOptions {
  /** The language of code that comes without another one; the default is `jsx`. */
  readonly loader?: Loader;
  /** Names that are replaced by expressions. */
  readonly define?: Readonly<Record<string, string>>;
  /** Its options for JSX and decorators count. */
  readonly tsconfig?: string | { readonly compilerOptions?: object };
  /** Leaves out imports that are not used; the default is false. */
  readonly trimUnusedImports?: boolean;
  readonly [name: string]: unknown;
}

/** Options that Mantou has not: without them code would do something else. */
const MISSING: Readonly<Record<string, string>> = {
  macro: "a plugin of Vite",
  exports: "the package rolldown",
};

export class Transpiler {
  readonly #loader: Loader;
  readonly #options: TranspilerOptions;
  readonly #compilerOptions: object;

  /** @throws TypeError for an unknown loader; Error for `macro` and `exports`; SyntaxError for a `tsconfig` that is not JSON */
  constructor(...[options]: [options?: TranspilerOptions]) {
    this.#options = options ?? {};
    for (const [name, instead] of Object.entries(MISSING))
      if (this.#options[name] !== undefined) throw notThere(`Bun.Transpiler's option ${name}`, instead);
    this.#loader = loaderOf(this.#options.loader ?? "jsx");
    const { tsconfig } = this.#options;
    const config =
      typeof tsconfig === "string" ? (JSON.parse(tsconfig) as Exclude<typeof tsconfig, string>) : tsconfig;
    this.#compilerOptions = config?.compilerOptions ?? {};
  }

  /**
   * @param loader the language of the code; the default is the constructor's
   * @throws SyntaxError with the place; TypeError for what is no code
   */
  transformSync(code: Code, loader?: Loader | object): string {
    const text = textOf(code, "transformSync");
    return this.#run(text, typeof loader === "string" ? loaderOf(loader) : this.#loader, false);
  }

  /** The same, as a promise. Nothing runs in another thread. */
  async transform(code: Code, loader?: Loader): Promise<string> {
    return this.transformSync(code, loader);
  }

  /** What a module exports, and what it imports by statements and `import()`. */
  scan(code: Code): { exports: string[]; imports: TranspilerImport[] } {
    const { exports, imports } = this.#names(textOf(code, "scan"));
    const statements = imports.filter(({ kind }) => kind === "import-statement");
    const calls = imports.filter(({ kind }) => kind === "dynamic-import" || kind === "require-resolve");
    return { exports: [...exports].sort(), imports: [...statements, ...calls] };
  }

  /** What a module imports, also by `require`, in the order of the code. */
  scanImports(code: Code): TranspilerImport[] {
    const { imports } = this.#names(textOf(code, "scanImports"));
    return imports.filter(({ kind }) => kind !== "require-resolve");
  }

  #names(text: string): ModuleNames {
    return namesOf(this.#run(text, this.#loader, true));
  }

  #run(text: string, loader: Loader, isScanned: boolean): string {
    const { define, trimUnusedImports = false } = this.#options;
    return transpiled(text, loader, this.#compilerOptions, { define, trimUnusedImports, isScanned });
  }
}

function loaderOf(given: unknown): Loader {
  if ((LOADERS as readonly unknown[]).includes(given)) return given as Loader;
  throw wrongType(`invalid loader - must be ${LOADERS.join(", ")}`);
}

function textOf(code: unknown, method: string): string {
  const text = typeof code === "string" ? code : viewOf(code)?.toString();
  if (text === undefined) throw wrongType(`Expected code to be a string or Uint8Array for '${method}'.`);
  return text;
}
