import { readFileSync } from "node:fs";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";

/** What a bundler takes of our packages for a program. */
async function bundled(code: string): Promise<string> {
  const bundle = await rolldown({
    input: "program.js",
    platform: "node",
    // Rolldown resolves from this file's folder.
    cwd: import.meta.dirname,
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === "program.js" ? `${import.meta.dirname}/program.js` : null),
        load: (id) => (id.endsWith("/test/program.js") ? code : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  expect(output).toHaveLength(1);
  return output[0].code;
}

// The files that scripts/join.mjs makes are one module each to a bundler.
it.each([
  ["@mantou/serve/plain", "CookieMap", 100_000, /createServer/],
  ["@mantou/websocket", "checkUpgrade", 5000, /deflateRaw/],
] as const)("a bundler leaves out of %s what a program does not use", async (name, member, size, unused) => {
  const code = await bundled(`import { ${member} } from "${name}"; console.log(${member});`);
  expect(code).not.toMatch(unused);
  expect(code.length).toBeLessThan(size);
});

// V8 keeps the text of what it runs. With one character beyond Latin-1 each one takes two bytes.
it.each([
  "http1",
  "pubsub",
  "router",
  "websocket",
  "serve",
])("the joined file of %s is text without comments, of one byte for each character", (name) => {
  const text = readFileSync(new URL(`../../${name}/dist/core.js`, import.meta.url), "utf8");
  expect(text).toMatch(/^export \{/m);
  expect(text).not.toMatch(/[^\x00-\xff]/);
  expect(text).not.toMatch(/^\s*\/\*\*/m);
});
