import { fill, tempDir } from "@mantou/testing/temp-dir";

/** A project of two pages in a folder of its own: neither stands where it is served. */
export function project(files: Readonly<Record<string, string>> = {}): string {
  const dir = tempDir();
  fill(dir, {
    "package.json": '{ "private": true, "type": "module" }',
    "pages/index.html":
      '<!doctype html><html><head><title>Home</title><link rel="stylesheet" href="../src/style.css"></head>' +
      '<body><h1>Home</h1><script src="../src/main.ts"></script></body></html>',
    "pages/about.html":
      '<!doctype html><html><head><title>About</title></head><body><h1>About</h1><script type="module" src="../src/main.ts"></script></body></html>',
    "src/style.css": "h1 { color: rgb(1, 2, 3); }",
    "src/main.ts":
      'import { word } from "./word";\n' +
      "const shown: string = word;\ndocument.body.dataset['word'] = shown;\n" +
      'if (import.meta.hot) import.meta.hot.accept("./word", (module) => {\n  document.body.dataset["word"] = module?.["word"];\n});\n',
    "src/word.ts": 'export const word: string = "first";\n',
    ...files,
  });
  return dir;
}
