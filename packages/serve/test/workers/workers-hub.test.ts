import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ProcessRun, WorkerFolder } from "../support/worker-run.ts";

const folder = new WorkerFolder();
folder.install("backplane");
folder.write(`
  serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  console.log(JSON.stringify({ pid: process.pid, worker: Number(process.env.MANTOU_WORKER), backplane: process.env.MANTOU_BACKPLANE ?? null }));
`);

describe("the hub of the workers", () => {
  it("is not waited for at the end if it has never come", async () => {
    folder.writePrimary("{ workers: 2 }");
    // Its folder goes before it is there, as if no file could be made any more.
    const program = `
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const make = fs.mkdtempSync;
      fs.mkdtempSync = (name) => {
        const path = make(name);
        fs.rmdirSync(path);
        return path;
      };
      syncBuiltinESMExports();
      await import(${JSON.stringify(folder.primary)});`;
    folder.writeAs("without-hub.mjs", program);
    const run = new ProcessRun(process.execPath, [join(folder.path, "without-hub.mjs")], {
      TMPDIR: folder.path,
    });
    const [{ backplane } = { backplane: "" }] = await run.prints(2);
    expect(existsSync(String(backplane).replace(/^unix:(.*)\/hub$/, "$1"))).toBe(false);
    run.child.kill();
    expect(await run.ends()).toBe(0);
  });

  it.each([
    ["is not there", "/nonexistent", "ENOENT"],
    ["has a long path", `/tmp/${"x".repeat(90)}`, "is too long for a Unix socket"],
  ])("is missing if the folder for temporary files %s: a line says so, and the workers run", async (_name, path, why) => {
    folder.writePrimary("{ workers: 2 }");
    const run = new ProcessRun(process.execPath, [folder.primary], { TMPDIR: path });
    expect((await run.prints(2)).map(({ backplane }) => backplane)).toEqual([null, null]);
    await run.says("The topics of the workers are not connected: ");
    expect(run.output).toContain(why);
    run.child.kill();
    expect(await run.ends()).toBe(0);
  });
});
