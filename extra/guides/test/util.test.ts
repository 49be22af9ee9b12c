import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { block, talking, untested } from "./support/page.ts";
import { Program, RUNTIMES } from "./support/program.ts";

const lines = (...texts: readonly string[]): string => texts.join("\n");

/** A guide, the number of its block, what stands before it, and what it prints. */
const SCRIPTS: readonly (readonly [guide: string, index: number, before: string, prints: string | RegExp])[] =
  [
    ["base64", 0, "", lines("bytes bytes 98,117,110", 'encoded "YnVu"', "decoded bytes 98,117,110")],
    [
      ...(["base64", 1, ""] as const),
      /^bytes bytes [\d,]+\nencoded "aGVsbG8gd29ybGQ="\ndecoded bytes [\d,]+\ntext "hello world"$/,
    ],
    [
      ...(["base64", 2, ""] as const),
      /^encoded "aGVsbG8gd29ybGQ="\nbytes bytes [\d,]+\ntext "hello world"\nbytes instanceof Uint8Array true$/,
    ],
    ["base64", 3, "", lines('encoded "YnVu"', 'decoded "bun"')],
    [
      ...(["deep-equals", 0, ""] as const),
      lines('a {"a":1,"b":2,"c":{"d":3}}', 'b {"a":1,"b":2,"c":{"d":3}}', "Bun.deepEquals(a, b) true"),
    ],
    [
      ...(["deep-equals", 1, ""] as const),
      lines(
        "Bun.deepEquals({}, { a: undefined }, true) false",
        'Bun.deepEquals(["asdf"], ["asdf", undefined], true) false',
        "Bun.deepEquals([, 1], [undefined, 1], true) false",
        "Bun.deepEquals(new Foo(), { a: 1 }, true) false",
      ),
    ],
    ["deflate", 0, "", /^data bytes ([\d,]+)\ncompressed bytes [\d,]+\ndecompressed bytes \1$/],
    ["gzip", 0, "", /^data bytes ([\d,]+)\ncompressed bytes 31,139,[\d,]+\ndecompressed bytes \1$/],
    ["detect-bun", 0, "console.log(Boolean(process.versions.bun));\n", lines("true")],
    ["detect-bun", 1, "console.log(typeof Bun !== 'undefined');\n", lines("true")],
    [
      ...(["escape-html", 0, ""] as const),
      lines(
        `Bun.escapeHTML("<script>alert('Hello World!')</script>") "&lt;script&gt;alert(&#x27;Hello World!&#x27;)&lt;/script&gt;"`,
      ),
    ],
    ["file-url-to-path", 0, "", lines('Bun.fileURLToPath("file:///path/to/file.txt") "/path/to/file.txt"')],
    [
      "path-to-file-url",
      0,
      "",
      lines('Bun.pathToFileURL("/path/to/file.txt").href "file:///path/to/file.txt"'),
    ],
    [
      ...(["hash-a-password", 0, ""] as const),
      /^password "super-secure-pa\$\$word"\nhash "\$argon2id\$v=19\$m=65536,t=2,p=1\$[\w+/$]+"$/,
    ],
    ["hash-a-password", 1, "", /\nargonHash "\$argon2id\$v=19\$m=8,t=3,p=1\$[\w+/$]+"$/],
    ["hash-a-password", 2, 'const password = "secret";\n', /\nbcryptHash "\$2b\$04\$[\w./]{53}"$/],
    ["hash-a-password", 3, "", /\nisMatch true$/],
    ["import-meta-dir", 0, "", lines('import.meta.dir "<folder>"')],
    ["import-meta-file", 0, "", lines('import.meta.file "main.ts"')],
    ["import-meta-path", 0, "", lines('import.meta.path "<folder>/main.ts"')],
    [
      "javascript-uuid",
      0,
      "",
      /^crypto.randomUUID\(\) "[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}"$/,
    ],
    [
      "javascript-uuid",
      1,
      "",
      /^Bun.randomUUIDv7\(\) "[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}"$/,
    ],
    ["sleep", 0, "", lines("await Bun.sleep(1000) undefined")],
    ["sleep", 1, "const ms = 5;\n", lines("ms 5")],
    ["version", 0, "", lines('Bun.version "1.4.5"')],
    ["version", 1, "", /^Bun.revision "[\da-f]{40}"$/],
    [
      ...(["which-path-to-executable-bin", 0, ""] as const),
      /^Bun.which\("sh"\) "(?:\/usr)?\/bin\/sh"\nBun.which\("notfound"\) null\nBun.which\("bun"\) "<folder>\/bin\/bun"$/,
    ],
  ];

/** All blocks are modules of one program, which says whose turn it is. */
const MODULES = SCRIPTS.map(([guide, index, before], i) => [
  `block${i}.ts`,
  talking(before + block(`util/${guide}`, index)),
]);
const MAIN = SCRIPTS.map((_, i) => `console.log("# ${i}");\nawait import("./block${i}.ts");`).join("\n");

describe.each(RUNTIMES)("util $name", (runtime) => {
  const program = new Program(runtime, {
    ...(Object.fromEntries(MODULES) as Record<string, string>),
    "main.ts": MAIN,
    "entry.ts": `${block("util/entrypoint", 0)}console.log(import.meta.main);`,
    "foo.ts": block("util/main", 0),
    "index.ts": block("util/main", 1),
  });
  let prints: readonly string[] = [];
  beforeAll(async () => {
    prints = (await program.run("main.ts")).split(/^# \d+\n/m).slice(1);
  });
  afterAll(() => program.end());

  it.each(SCRIPTS.map(([guide, index, _, due], i) => ({ guide, index, due, i })))("$guide, block $index", ({
    due,
    i,
  }) => {
    const printed = prints[i]?.replace(/\n(?:exit 0)?$/, "");
    if (typeof due === "string") expect(printed).toBe(due.replace("main.ts", `block${i}.ts`));
    else expect(printed).toMatch(due);
  });

  it("entrypoint and main: the file that is run", async () => {
    expect(await program.run("entry.ts")).toBe("true\nexit 0");
    expect(await program.run("run", "index.ts")).toBe("<folder>/index.ts\nexit 0");
    expect(await program.run("run", "foo.ts")).toBe("<folder>/foo.ts\nexit 0");
  });
});

it("util: each block of each guide has a test; upgrade has commands of a shell alone", () => {
  expect(untested("util")).toEqual(["upgrade"]);
});
