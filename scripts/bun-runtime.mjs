// Writes docs/bun-runtime.md: which members of Bun and which modules are there. It calls each on Bun and under mantou, with the expressions of
// `bun-runtime-inputs.mjs`; "there" means the same results. `--check` changes nothing, and fails if the page is not up to date.
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MEMBERS, MODULES } from "./bun-runtime-inputs.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PAGE = path("../docs/bun-runtime.md");
const MAIN = path("../packages/bun/dist/cli/main.js");
/** A member is there if so many results are the same. */
const ENOUGH = 3;
/** For Bun's own test runner and macros. */
const INTERNAL = new Set(["jest", "registerMacro"]);

const bun =
  process.env.MANTOU_BUN ||
  execFileSync(process.execPath, [path("bun.mjs")])
    .toString()
    .trim();
// Newer lines of Node.js have more of what the members need.
const { nodeRuntime } = await import("../bench/dist/runtimes.js");
const { binary: node } = await nodeRuntime("node26");
const { MISSING } = await import("../packages/bun/dist/base/missing.js");
const { default: Bun } = await import("../packages/bun/dist/index.js");

/** The beginning of the program that calls everything. */
const HEAD = `
const dir = process.cwd();
const bytes = new Uint8Array([1, 2, 3]);
const text = (value) => new TextEncoder().encode(value);
const failure = (error) => \`\${error?.name}: \${error?.code ?? ""}\`;
const outcome = async (call) => { try { return await call(); } catch (error) { return failure(error); } };
const show = (value) => {
  if (typeof value === "bigint") return value + "n";
  if (typeof value === "symbol" || typeof value === "number" || value === undefined) return String(value);
  if (typeof value === "function") return "function";
  if (ArrayBuffer.isView(value)) return value.constructor.name + " " + [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
  if (value instanceof ArrayBuffer) return "ArrayBuffer " + [...new Uint8Array(value)];
  if (value instanceof Error) return failure(value);
  if (Array.isArray(value)) return "[" + value.map(show) + "]";
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return "{" + Object.entries(value).map(([key, each]) => key + ":" + show(each)) + "}";
  return JSON.stringify(value);
};
// What a program of its own prints on both outputs, and its exit code.
const child = async (code, args = [], env = {}, input = "") => {
  const started = Bun.spawn([...JSON.parse(process.env.SELF), "-e", code, ...args], {
    env: { ...process.env, ...env }, stdin: new Blob([input]), stdout: "pipe", stderr: "pipe",
  });
  const outputs = [started.stdout, started.stderr].map((stream) => new Response(stream).text());
  return [...await Promise.all(outputs), await started.exited];
};
const late = () => new Promise((resolve) => setTimeout(resolve, 10_000, "late"));
const run = async (calls) => {
  const results = [];
  for (const call of calls) {
    try { results.push(show(await Promise.race([call(), late()]))); } catch (error) { results.push(failure(error)); }
  }
  console.log("\\n" + JSON.stringify(results).replaceAll(dir, "DIR"));
  process.exit(0);
};`;

const declared = declarations();
const own = JSON.parse(
  await print(bun, ["-e", "console.log(JSON.stringify(Object.getOwnPropertyNames(Bun)))"]),
);
const members = [...new Set([...declared.members.filter((name) => own.includes(name)), ...own])]
  .filter((name) => !INTERNAL.has(name))
  .sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));

const problems = [];
const isMissing = (name) => MISSING.includes(name) || !(name in Bun);
for (const name of Object.keys(MEMBERS))
  if (isMissing(name)) problems.push(`${name} is not there, and has expressions in bun-runtime-inputs.mjs`);
const compared = [
  ...members.filter((name) => !isMissing(name)).map((name) => [name, MEMBERS[name]]),
  ...Object.entries(MODULES),
];
for (const [name, inputs] of compared)
  if ((inputs?.same.length ?? 0) < ENOUGH)
    problems.push(`${name} needs ${ENOUGH} expressions in bun-runtime-inputs.mjs`);

const expressions = compared.flatMap(([, inputs]) => [
  ...(inputs?.same ?? []),
  ...(inputs?.differs ?? []).map(([, expression]) => expression),
]);
const [theirs, ours] = await Promise.all([results(bun, []), results(node, [MAIN])]);

const page = write();
if (problems.length > 0) fail(problems.join("\n"));
if (!process.argv.includes("--check")) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, "utf8") !== page)
  fail("docs/bun-runtime.md is not up to date: node scripts/bun-runtime.mjs writes it");
console.log(`bun-runtime: ${expressions.length} expressions on Bun and under mantou`);

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The names of values in the types of the module "bun", and the modules with a "bun:" in front. */
function declarations() {
  const folder = path("../node_modules/bun-types/");
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
  const bodies = texts.flatMap((text) =>
    [...text.matchAll(/^declare module "bun" \{\n([\s\S]*?)^\}/gm)].map(([, body]) => body),
  );
  const value = /^ {2}(?:export )?(?:abstract )?(?:function|const|var|let|class|namespace) ([$\w]+)/gm;
  return {
    members: bodies.flatMap((body) => [...body.matchAll(value)].map(([, name]) => name)),
    modules: texts.flatMap((text) =>
      [...text.matchAll(/^declare module "(bun:\w+)"/gm)].map(([, name]) => name),
    ),
  };
}

/** The results of all expressions as texts. */
async function results(program, args) {
  const dir = mkdtempSync(join(tmpdir(), "bun-runtime-"));
  mkdirSync(join(dir, "sub"));
  writeFileSync(join(dir, "a.txt"), "hello\n");
  writeFileSync(join(dir, "sub/b.ts"), "export {};\n");
  const functions = expressions.map(
    (each) => `async () => ${each.startsWith("{") ? each : `{ return ${each} }`}`,
  );
  writeFileSync(join(dir, "main.ts"), `${HEAD}\nawait run([\n${functions.join(",\n")}\n]);\n`);
  try {
    return JSON.parse(await print(program, [...args, "main.ts"], dir));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function print(program, args, cwd) {
  const self = JSON.stringify([program, ...args.filter((arg) => arg === MAIN)]);
  const env = { ...process.env, NODE_NO_WARNINGS: "1", NO_COLOR: "1", SELF: self };
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { cwd, env, timeout: 120_000, maxBuffer: 1e8 },
      (error, out, err) => {
        if (error === null) resolve(out.trim().split("\n").at(-1));
        else reject(new Error(`${error.message}\n${err}`));
      },
    );
    child.stdin.end("input");
  });
}

function write() {
  let next = 0;
  const rows = compared.map(([name, inputs]) => {
    const failed = [];
    for (const expression of inputs?.same ?? []) {
      if (theirs[next] !== ours[next])
        failed.push(`${name}: ${expression}\n  Bun: ${theirs[next]}\n  Mantou: ${ours[next]}`);
      next++;
    }
    problems.push(...failed);
    const differences = (inputs?.differs ?? []).map(([text, expression]) => {
      if (theirs[next] === ours[next])
        problems.push(`${name}: ${expression} is the same on both: no difference any more`);
      next++;
      return text;
    });
    const state = differences.length === 0 ? "there" : "there, with a difference";
    const words = [...differences, ...(inputs?.note === undefined ? [] : [inputs.note])].join("; ");
    return [name, `| \`${name}\` | ${state} | ${words} | ${inputs?.same.length} |`];
  });
  const found = new Map(rows);
  const refused = (name) => `| \`${name}\` | not there | ${reason(name)} | |`;
  const counted = (state) =>
    members.filter((name) => (isMissing(name) ? "not there" : "there") === state).length;
  return `# What of Bun 1.4.5 is there

\`scripts/bun-runtime.mjs\` has written this page: it takes the names from \`bun-types@1.4.5\` and from Bun itself, and calls each member on Bun and under
\`mantou\` of Node.js 26 with the expressions of \`scripts/bun-runtime-inputs.mjs\`. "There" means that at least ${ENOUGH} expressions have the same results; their number
stands in the last column. Some members need a server or a package that is not installed for this page: their rows say where the rest is compared. A difference that is named here
shows in a result, too; details are in [differences-from-bun.md](differences-from-bun.md).
\`node scripts/bun-runtime.mjs --check\` fails if the page is not up to date.

## Members of \`Bun\`

${counted("there")} are there, ${counted("not there")} are not. Using one of these throws an error that says what to use.

| member | state | what differs, or what to use | same results |
|---|---|---|---|
${members.map((name) => found.get(name) ?? refused(name)).join("\n")}

## Modules

| module | state | what differs, or what to use | same results |
|---|---|---|---|
${[...new Set(["bun", ...declared.modules])]
  .sort()
  .map((name) => found.get(name) ?? refused(name))
  .join("\n")}
`;
}

/** What the error for a missing member says. */
function reason(name) {
  try {
    if (name.startsWith("bun:")) return "importing it throws";
    void Bun[name].any;
  } catch (error) {
    return /\((use .*)\)/.exec(error.message)?.[1] ?? error.message;
  }
  return "";
}
