/** The program of a worker that is a Blob: JavaScript or TypeScript. Its imports are names of packages and whole URLs: a Blob is in no folder. */
import { join } from "node:path";
import { compile } from "../../loader/transform/compile.ts";
import { compilerOptionsFor } from "../../loader/transform/transform-options.ts";
import { blob } from "./worker-scope.ts";

const path = join(process.cwd(), "blob.ts");
const { source } = compile(path, await blob!.text(), "ts", compilerOptionsFor(path));
await import(`data:text/javascript,${encodeURIComponent(source)}`);
