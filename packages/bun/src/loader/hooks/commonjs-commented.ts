import module from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { packageOf } from "../resolve/package-json.ts";
import { loadModule } from "./load.ts";

/** How Node.js reads CommonJS. It is no documented API, yet many tools replace it, so that Node.js keeps it. */
interface CommonJSLoader {
  readonly _extensions: Record<string, (module: CompilingModule, path: string) => void>;
}
interface CompilingModule {
  _compile(source: string, path: string, format: string): void;
}

/**
 * From now on JavaScript can be required whose package.json has comments, as in Bun. Node.js 22 and later read that file themselves for each `.js`, and throw.
 */
export function patchCommentedPackages(): void {
  const { _extensions: extensions } = module as unknown as CommonJSLoader;
  const original = extensions[".js"]!;
  extensions[".js"] = (compiling, path) => {
    const isCommented = packageOf(dirname(path))?.isCommented === true;
    const loaded = isCommented ? loadModule(pathToFileURL(path).href, {}, "require") : null;
    if (loaded === null) original(compiling, path);
    else compiling._compile(loaded.source, path, loaded.format);
  };
}
