import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { serve } from "@mantou/serve";
import { stopRunning } from "@mantou/serve/hosting";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { cert, key } from "@mantou/testing/tls";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runProgram } from "../../src/cli/program.ts";

const root = tempDir();

afterEach(async () => {
  vi.restoreAllMocks();
  await stopRunning();
});

/** Runs a program of one module, once. */
function run(source: string): Promise<void> {
  const dir = mkdtempSync(join(root, "program-"));
  fill(dir, { "program.mjs": source });
  return runProgram({ file: join(dir, "program.mjs"), hostname: "127.0.0.1" }, null);
}

/** The names that `serve` says it takes. */
function optionNames(): string[] {
  try {
    serve({ fetch: () => new Response(), "no option": 1 } as Parameters<typeof serve>[0]);
  } catch (error) {
    return (error as Error).message.split("; its options are ")[1]!.split(", ");
  }
  return [];
}

describe("runProgram", () => {
  /** What `serve` refuses; anything else takes no symbol. */
  const REFUSED: Readonly<Record<string, string>> = { http1: "false", http2: "true", http3: "true" };

  it("passes on each option that serve() takes: it is refused if it is wrong", async () => {
    const names = optionNames();
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      const given = { port: "0", fetch: "() => new Response()", [name]: REFUSED[name] ?? 'Symbol("wrong")' };
      const members = Object.entries(given).map(([key, value]) => `${key}: ${value}`);
      const source = `export default { routes: {}, ${members.join(", ")} };`;
      await expect(run(source), name).rejects.toThrow(name);
    }
  });

  it("leaves out what serve() does not take, and announces the server", async () => {
    const output: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => output.push(String(text)) > 0);
    await run('export default { port: 0, fetch: () => new Response("served"), scheduled() {}, name: "x" };');
    vi.restoreAllMocks();
    const url = /^Listening on (http:\/\/127\.0\.0\.1:\d+\/)\n$/.exec(output.join(""))?.[1];
    expect(await (await fetch(url!)).text()).toBe("served");
  });

  it("uses options of TLS beside the others, and refuses a misspelt option", async () => {
    const output: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => output.push(String(text)) > 0);
    const pem = `key: ${JSON.stringify(key)}, cert: ${JSON.stringify(cert)}`;
    await run(`export default { port: 0, fetch: () => new Response(), ${pem} };`);
    expect(output.join("")).toMatch(/^Listening on https:/);
    const misspelt = "export default { port: 0, fetch: () => new Response(), maxRequestBodysize: 1 };";
    await expect(run(misspelt)).rejects.toThrow("the option is maxRequestBodySize");
  });

  it("serves no default export that has nothing to serve, or is a server", async () => {
    const output = vi.spyOn(process.stdout, "write");
    for (const exported of [
      "undefined",
      "null",
      "1",
      "{ port: 0 }",
      "{ fetch: 1 }",
      "{ fetch() {}, stop() {} }",
    ])
      await run(`export default ${exported};`);
    expect(output).not.toHaveBeenCalled();
  });
});
