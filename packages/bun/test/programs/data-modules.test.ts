import { describe } from "vitest";
import { itRunsAsOnBun, type ProgramCase } from "../support/program-cases.ts";

/** A program that imports the file, and prints the names of its exports and the default one. */
function imports(name: string, file: string, text: string, prints: string): ProgramCase {
  const main = `import * as all from ${JSON.stringify(`./${file}`)};
    console.log(Object.keys(all).join(), JSON.stringify(all.default).replaceAll(import.meta.dir, "$DIR"));`;
  return { name, files: { "main.ts": main, [file]: text }, prints };
}

function absent(what: string, file: string): string {
  const instead = '`with { type: "text" }` gives the text, and `type: "file"` the path.';
  return `Imports of ${what} are not there in Mantou. ${instead}\n    in /${file}`;
}

describe("a module that is no code", () => {
  itRunsAsOnBun([
    imports(
      "is JSON, with its members as exports",
      "a.json",
      '{"a":1,"b-c":[2],"default":3,"class":null,"__proto__":{"z":1}}',
      '__proto__,a,b-c,class,default {"a":1,"b-c":[2],"default":3,"class":null,"__proto__":{"z":1}}',
    ),
    {
      name: "is what each import of the file states, in one module and in several",
      files: {
        "main.ts": `
          import json from "./a.json"; import text from "./a.json" with { type: "text" }; import same from "./a.json" with { type: "json" };
          import { x } from "./code"; import source from "./code.ts" with { type: "text" };
          import toml from "./a.toml"; import tomlText from "./a.toml" with { type: "text" };
          console.log(JSON.stringify([json, text, same, x, source, toml, tomlText]));
          const type: string = "text";
          console.log(JSON.stringify((await import("./a.json")).default), (await import("./a.json", { with: { type } })).default);
          console.log((await import("./code.ts", { with: { type } })).default, (await import("./code.ts")).x, (await import("./code")).x);
          import "./other";`,
        "other.ts": `
          import text from "./a.json" with { type: "text" }; import json from "./a.json"; console.log(text, json.a);
          export { default as a } from "./a.toml" with { type: "text" }; export { default as b } from "./a.toml";`,
        "a.json": '{"a":1}',
        "a.toml": "a = 1",
        "code.ts": "export const x = 5;",
      },
      prints: [
        '{"a":1} 1',
        '[{"a":1},"{\\"a\\":1}",{"a":1},5,"export const x = 5;",{"a":1},"a = 1"]',
        '{"a":1} {"a":1}',
        "export const x = 5; 5 5",
      ].join("\n"),
    },
    imports("is JSON of another value", "a.json", "[1,2,3]", "__esModule,default [1,2,3]"),
    imports("is JSON with a byte order mark", "a.json", '\uFEFF{"a":1}', 'a,default {"a":1}'),
    imports(
      "is JSON with comments, where tools read it",
      "tsconfig.base.json",
      '{ // x\n"a":1, }',
      'a,default {"a":1}',
    ),
    imports(
      "is JSON with comments",
      "a.jsonc",
      '{\n// x\n"a":1, /* y */ "b":[1,2,],\n}',
      'a,b,default {"a":1,"b":[1,2]}',
    ),
    imports(
      "is JSON5",
      "a.json5",
      "{a:1, b:'x', c:+1, d:.5, f:0xff, // c\n}",
      'a,b,c,d,default,f {"a":1,"b":"x","c":1,"d":0.5,"f":255}',
    ),
    imports(
      "is TOML",
      "a.toml",
      'a = 1\nb.c = "x"\nd = [1, 2]\nat = 2020-01-01T00:00:00Z\nday = 1979-05-27\nn = 1_000\n[k]\nx = true\n[[l]]\ny = 1.5\n',
      'a,at,b,d,day,default,k,l,n {"a":1,"b":{"c":"x"},"d":[1,2],"at":"2020-01-01T00:00:00Z","day":"1979-05-27","n":1000,"k":{"x":true},"l":[{"y":1.5}]}',
    ),
    imports(
      "is YAML",
      "a.yaml",
      "a: 1\nb:\n  - x\n  - y\nc: 2020-01-01\nd: yes\ne: ~\nf: 0x1F\nh: &z {q: 1}\ni: *z\nj:\n  <<: *z\n  r: 2\n",
      'a,b,c,d,default,e,f,h,i,j {"a":1,"b":["x","y"],"c":"2020-01-01","d":"yes","e":null,"f":31,"h":{"q":1},"i":{"q":1},"j":{"q":1,"r":2}}',
    ),
    imports(
      "is YAML of several documents",
      "a.yml",
      "a: 1\n---\nb: 2\n",
      '__esModule,default [{"a":1},{"b":2}]',
    ),
    imports("is a text", "a.txt", "hello\nworld\n", 'default "hello\\nworld\\n"'),
    imports("is a text of the other extension", "a.text", "hello\n", 'default "hello\\n"'),
    imports("is the path of any other file", "a.svg", "<svg/>", '__esModule,default "$DIR/a.svg"'),
    imports("is nothing for an empty file of YAML", "a.yaml", "", "default {}"),
    {
      name: "is what the import says",
      files: {
        "main.ts": `import text from "./a.json" with { type: "text" };
          import path from "./b.txt" with { type: "file" };
          import page from "./c.html" with { type: "text" };
          import source from "./d.ts" with { type: "text" };
          import value from "./e.conf" with { type: "toml" };
          import json from "./f.lock" with { type: "json" };
          const late = await import("./g.data", { with: { type: "yaml" } });
          console.log(JSON.stringify([text, path.replace(import.meta.dir, "$DIR"), page, source, value, json, late.default, late.x]));`,
        "a.json": '{"a":1}',
        "b.txt": "b",
        "c.html": "<p>c</p>",
        "d.ts": "export const d: number = 1;",
        "e.conf": "e = 1",
        "f.lock": '{"f":1}',
        "g.data": "x: 1",
      },
      prints:
        '["{\\"a\\":1}","$DIR/b.txt","<p>c</p>","export const d: number = 1;",{"e":1},{"f":1},{"x":1},1]',
    },
    {
      name: "is what this cannot read: Markdown and XML",
      files: {
        "main.ts": `
          for (const load of [
            () => import("./a.md"),
            () => import("./a.markdown"),
            () => import("./a.rst", { with: { type: "md" } }),
            () => import("./a.rst", { with: { type: "markdown" } }),
            () => import("./a.xml"),
            () => import("./a.rss", { with: { type: "xml" } }),
            () => require("./a.xml"),
          ])
            try {
              const loaded = await load();
              console.log(JSON.stringify(loaded.default ?? loaded));
            } catch (error) {
              console.log(error.message.replace(import.meta.dir, ""));
            }
          const { default: text } = await import("./a.xml", { with: { type: "text" } });
          console.log(text);`,
        "a.md": "*a*",
        "a.markdown": "*b*",
        "a.rst": "*c*",
        "a.xml": "<a>b</a>",
        "a.rss": "<a>c</a>",
      },
      prints: [
        ...["a.md", "a.markdown", "a.rst", "a.rst"].map((file) => absent("Markdown as HTML", file)),
        ...["a.xml", "a.rss", "a.xml"].map((file) => absent("XML", file)),
        "<a>b</a>",
      ].join("\n"),
      onBun: {
        prints: [
          '"<p><em>a</em></p>\\n"',
          '"<p><em>b</em></p>\\n"',
          '"<p><em>c</em></p>\\n"',
          '"<p><em>c</em></p>\\n"',
          '{"a":"b"}',
          '{"a":"c"}',
          '{"a":"b"}',
          "<a>b</a>",
        ].join("\n"),
        why: "the packages for them are the program's choice",
      },
    },
    {
      name: "is imported by its members' names, late, and from a package",
      files: {
        "main.ts": `import { name, version as v } from "./package.json";
          import settings, { port } from "./settings";
          import { x } from "data/x.json";
          const { default: late } = await import("./late.toml");
          console.log(JSON.stringify([name, v, port, settings.port, x, late.a]));`,
        "settings.json": '{"port":80}',
        "late.toml": "a = 1",
        "package.json": '{"name":"n","version":"1.0.0"}',
        "node_modules/data/package.json": '{"name":"data"}',
        "node_modules/data/x.json": '{"x":5}',
      },
      prints: '["n","1.0.0",80,80,5,1]',
    },
    {
      name: "that is not valid ends the program",
      files: { "main.ts": 'import "./a.toml"; console.log("not reached");', "a.toml": "x = 1\na = \n" },
      prints: "",
      code: 1,
      complains: /\$DIR\/a\.toml:2:5\n\n2 \| a = /,
    },
    {
      name: "that is not there ends the program",
      files: { "main.ts": 'import a from "./a.json"; console.log(a);' },
      prints: "",
      code: 1,
      complains: /a\.json/,
    },
  ]);
});
