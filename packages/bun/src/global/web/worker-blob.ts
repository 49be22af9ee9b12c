/** The program of a worker that is a Blob: JavaScript or TypeScript, with or without JSX. Its imports are those of a module in the working directory. */
import { join } from "node:path";
import { compile } from "../../loader/transform/compile.ts";
import { compilerOptionsFor } from "../../loader/transform/transform-options.ts";
import { blob } from "./worker-scope.ts";

const path = join(process.cwd(), "blob.ts");
const source = compiled(await blob!.text());
await import(`data:text/javascript,${encodeURIComponent(source)}`);

/** A URL of a Blob does not tell the name of a File, and types of Blobs are many: text that is no TypeScript may have JSX. */
function compiled(text: string): string {
  const options = compilerOptionsFor(path);
  try {
    return compile(path, text, "ts", options).source;
  } catch (error) {
    try {
      // It runs as an ES module, which imports the functions of JSX: a text without imports would require them.
      return compile(path, `${text}\nexport {};`, "tsx", options).source;
    } catch {
      throw error;
    }
  }
}
