import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { CommandFolder, ended, get, listening, MAIN, printed } from "../support/command.ts";

const folder = new CommandFolder();

describe("mantou", () => {
  it("serves a TypeScript module's default export, with Bun's names, its arguments, and the given port and host", async () => {
    folder.write(
      "server.ts",
      `import { file, serve, sleep, Cookie } from "bun";
       import { greet } from "./greet.ts";
       const parts: string[] = [typeof serve, typeof file, typeof sleep, typeof Cookie, process.argv.slice(2).join()];
       export default {
         routes: { "/parts": Response.json(parts) },
         fetch: (request: Request): Response => new Response(greet(new URL(request.url).pathname)),
       } satisfies object;`,
    );
    folder.write(
      "greet.ts",
      'export function greet(name: string): string { return ("hello " + name) as string; }',
    );
    const running = folder.mantou("--port=0", "--hostname", "127.0.0.1", "server.ts", "--x", "y");
    const url = await listening(running);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await get(`${url}a`)).toBe("hello /a");
    expect(JSON.parse(await get(`${url}parts`))).toEqual([
      "function",
      "function",
      "function",
      "function",
      "--x,y",
    ]);
  });

  it("loads few files, each once, also when its output is a pipe", async () => {
    const command =
      'NODE_DEBUG=esm "$0" "$1" -p 1 2>&1 | grep -o "file:[a-zA-Z0-9/@._-]*/dist/[a-zA-Z0-9/._-]*\\.js" | sort -u';
    const running = folder.run("/bin/sh", ["-c", command, process.execPath, MAIN]);
    expect(await ended(running)).toBe(0);
    const urls = running.output.trim().split("\n");
    expect(urls.filter((url) => url.endsWith("/serve/dist/hosting.js"))).toHaveLength(1);
    // To find, read and link a module costs Node.js more than to compile it: scripts/join.mjs joins what a start loads.
    expect(urls.length, running.output).toBeLessThan(36);
  });

  it("serves pages without a program, at the paths of their files", async () => {
    folder.write("index.html", "<h1>Home</h1><script src='./a.ts'></script>");
    folder.write("docs/about.html", "<h1>About</h1>");
    folder.write("a.ts", "export const a: number = 1;");
    const running = folder.mantou("--port=0", "index.html", "docs/*.html");
    const url = await listening(running);
    expect(await get(url)).toContain('src="/_mantou/a.ts"');
    expect(await get(`${url}docs/about`)).toContain("<h1>About</h1>");
    await printed(running, "/docs/about ./docs/about.html");
    const failed = folder.mantou("gone.html");
    expect(await ended(failed)).toBe(1);
    expect(failed.output).toMatch(/^mantou: there is no page "gone.html" in /);
  });

  it("finds modules that are named without their ending, or as what TypeScript makes of them, as Bun does", async () => {
    folder.write(
      "server.ts",
      `import { a } from "./a";
       import { b } from "./routes";
       import { c } from "./c.js";
       import { d } from "bundled";
       export default { fetch: (): Response => new Response([a, b, c, d].join()) };`,
    );
    folder.write("a.ts", 'export const a: string = "a";');
    folder.write("routes/index.ts", 'export { b } from "./b";');
    folder.write("routes/b.ts", 'export const b: string = "b";');
    folder.write("c.ts", 'export const c: string = "c";');
    folder.write("node_modules/bundled/package.json", '{"name":"bundled","type":"module","main":"./lib"}');
    folder.write("node_modules/bundled/lib/index.js", 'export { d } from "./d";');
    folder.write("node_modules/bundled/lib/d.js", 'export const d = "d";');
    expect(await get(await listening(folder.mantou("--port=0", "server.ts")))).toBe("a,b,c,d");
    folder.write("missing.ts", 'import "./nowhere"; export default {};');
    const failed = folder.mantou("missing.ts");
    expect(await ended(failed)).toBe(1);
    expect(failed.output).toContain("nowhere");
  });

  it.each([
    "ts",
    "js",
  ])('reads a .%s file with import as an ES module, as Bun does, also where package.json says "commonjs"', async (ending) => {
    // `npm init -y` writes that.
    folder.write("package.json", '{"type":"commonjs"}');
    folder.write(
      `server.${ending}`,
      `import { a } from "./a.${ending}";
         import b from "./b.${ending}";
         export default { fetch: () => new Response(a + b.b) };`,
    );
    folder.write(`a.${ending}`, 'export const a = "a";');
    folder.write(`b.${ending}`, 'module.exports = { b: "b" };');
    expect(await get(await listening(folder.mantou("--port=0", `server.${ending}`)))).toBe("ab");
  });

  it("runs a program that calls Bun.serve itself", async () => {
    folder.write(
      "server.js",
      `const s = Bun.serve({ port: 0, fetch: () => new Response("js") }); console.log("Listening on " + s.url);`,
    );
    expect(await get(await listening(folder.mantou("server.js")))).toBe("js");
  });

  it("serves a default export that has more than options, and an application whose methods are its class's", async () => {
    folder.write(
      "more.mjs",
      'export default { fetch: () => new Response("more"), scheduled() {}, name: "x" };',
    );
    expect(await get(await listening(folder.mantou("--port=0", "more.mjs")))).toBe("more");
    folder.write(
      "app.mjs",
      'class App { fetch() { return new Response("app"); } } export default new App();',
    );
    const app = folder.mantou("--port=0", "--hostname=127.0.0.1", "app.mjs");
    expect(await get(await listening(app))).toBe("app");
  });

  it("takes TypeScript for what it is, ECMAScript's modules or CommonJS", async () => {
    const required = 'const { sep }: { sep: string } = require("node:path");';
    const imported = 'import { sep } from "node:path";';
    for (const [name, source] of [
      ["a.cts", `${required} module.exports = { fetch: () => new Response(sep) };`],
      ["b.ts", `${required} module.exports = { fetch: () => new Response(sep) };`],
      ["c.ts", `${imported} export default { fetch: () => new Response(sep as string) };`],
      ["d.mts", `${imported} export default { fetch: () => new Response(sep as string) };`],
      [
        "e.ts",
        "await 0; Bun.serve({ port: 0, fetch: () => new Response('/') }); console.log('Listening on http://-/');",
      ],
    ] as const) {
      folder.write(name, source);
      const running = folder.mantou("--port=0", name);
      const url = await listening(running);
      if (name !== "e.ts") expect(await get(url), name).toBe("/");
      running.child.kill("SIGTERM");
    }
  });

  it("runs the file of a symbolic link, which is the program's name, as in Bun", async () => {
    folder.write(
      "real/main.ts",
      `import { a } from "./a";
       const ends = [process.argv[1]!, Bun.main, Bun.resolveSync("linked", ".")].map((path) => path.split("/").slice(-2).join("/"));
       console.log(a, import.meta.main, ...ends);`,
    );
    folder.write("real/a.ts", "export const a: number = 1;");
    folder.link("link.ts", "real/main.ts");
    folder.link("node_modules/linked", "../real");
    folder.write("real/package.json", '{"name":"linked","main":"a.ts"}');
    const running = folder.mantou("link.ts");
    expect(await ended(running), running.output).toBe(0);
    expect(running.output).toBe("1 true real/main.ts real/main.ts real/a.ts\n");
  });

  it("finds an optional package of the project also for code that is in no file, whatever its arguments are", async () => {
    folder.write("node_modules/dax/index.js", 'throw new Error("dax of the project");');
    const code = "await Bun.$`echo hi`;";
    folder.write("main.ts", code);
    const piped = folder.mantou("-", "a");
    piped.child.stdin!.end(code);
    const others = [["main.ts"], ["-e", code], ["-e", code, "a"], ["-e", code, "/none"]];
    for (const running of [piped, ...others.map((args) => folder.mantou(...args))]) {
      expect(await ended(running)).toBe(1);
      expect(running.output).toContain("Error: dax of the project");
    }
  });

  it("ends with a program that throws, also if it has started a server", async () => {
    folder.write(
      "late.mjs",
      'Bun.serve({ port: 0, fetch: () => new Response("x") }); throw new Error("too late");',
    );
    const running = folder.mantou("late.mjs");
    expect(await ended(running)).toBe(1);
    expect(running.output).toContain("too late");
  });

  it("says what is wrong, and fails", async () => {
    folder.write("throws.mjs", 'throw new Error("steam");');
    folder.write("package.json", '{ "scripts": { "build": "true" } }');
    for (const [args, code, message] of [
      [["nothing.ts"], 1, "nothing.ts"],
      [["built/server.js"], 1, "npm run build"],
      [["throws.mjs"], 1, "steam"],
      [["--port", "x", "throws.mjs"], 2, "--port"],
      [
        ["--no-such-option", "throws.mjs"],
        2,
        "unknown option --no-such-option\nmantou --help prints all options.\n",
      ],
      [[], 0, "Usage: mantou"],
      [["test"], 1, "vitest"],
    ] as const) {
      const running = folder.mantou(...args);
      expect(await ended(running)).toBe(code);
      expect(running.output).toContain(message);
    }
  });

  it("names the script that has the name of an absent command, but not to that script", async () => {
    folder.write("package.json", '{ "scripts": { "test": "bun test" } }');
    const hint = "runs by `mantou run test`";
    // What runs these tests may be a script of that name, too.
    const typed = folder.run("/usr/bin/env", ["-u", "npm_lifecycle_event", process.execPath, MAIN, "test"]);
    expect(await ended(typed)).toBe(1);
    expect(typed.output).toContain(hint);
    const called = folder.mantou("run", "test");
    expect(await ended(called)).toBe(1);
    expect(called.output).toContain('the command "test" is not there');
    expect(called.output).not.toContain(hint);
  });

  it("prints its help and its version", async () => {
    expect(execFileSync(process.execPath, [MAIN, "--help"], { encoding: "utf8" })).toContain("--hot");
    const { version } = (await import("../../package.json", { with: { type: "json" } })).default as {
      version: string;
    };
    expect(execFileSync(process.execPath, [MAIN, "--version"], { encoding: "utf8" })).toBe(`${version}\n`);
  });
});
