import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@mantou/testing/wait";
import { expect, it } from "vitest";
import { askOnce, ProcessRun, WorkerFolder } from "../support/worker-run.ts";

const folder = new WorkerFolder();

const said = join(folder.path, "said");
/** Stands in for the command of systemd. */
const command = join(folder.path, "systemd-notify");

function writeCommand(code: number): void {
  writeFileSync(command, `#!/bin/sh\necho "$@ $NOTIFY_SOCKET" >> ${said}\nexit ${code}\n`);
  chmodSync(command, 0o755);
}

const NOTIFY = { NOTIFY_SOCKET: "/run/x y; $(no) 'shell'", PATH: `${folder.path}:/usr/bin:/bin` };

function told(): string[] {
  return existsSync(said) ? readFileSync(said, "utf8").split("\n").slice(0, -1) : [];
}

const HEALTH = `
  const server = serve({
    port: 0, hostname: "127.0.0.1",
    fetch: (request) => new Response(server.ready ? "ready" : "ending"),
  });
  serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  console.log(JSON.stringify({ pid: process.pid, port: server.port }));
`;

it("tells systemd that the workers listen, and that they stop, once; and has a grace behind SIGTERM", async () => {
  writeCommand(0);
  folder.write(HEALTH);
  const run = folder.run("{ workers: 2, graceSeconds: 0.5 }", NOTIFY);
  const [{ port }] = (await run.prints(2)) as unknown as [{ port: number }];
  await until(() => told().length === 1, "READY=1");
  expect(await askOnce({ port, host: "127.0.0.1" })).toBe("ready");
  const started = performance.now();
  run.child.kill("SIGTERM");
  expect(await run.ends()).toBe(0);
  expect(performance.now() - started).toBeGreaterThan(490);
  expect(told()).toEqual([`READY=1 ${NOTIFY.NOTIFY_SOCKET}`, `STOPPING=1 ${NOTIFY.NOTIFY_SOCKET}`]);
  expect(run.output.split("\n").filter((line) => line !== "" && !line.startsWith("{"))).toEqual([]);
});

it("replaces workers without a grace, which is for the end of all of them", async () => {
  folder.write(HEALTH);
  const run = folder.run("{ workers: 1, graceSeconds: 86400 }");
  await run.prints(1);
  run.child.kill("SIGHUP");
  const [, { port }] = (await run.prints(2)) as unknown as [unknown, { port: number }];
  const at = { port, host: "127.0.0.1" };
  expect(await askOnce(at)).toBe("ready");
  run.child.kill("SIGTERM");
  await until(async () => (await askOnce(at)) === "ending", "not ready, and listening");
  // A second signal ends the grace, and all workers; within a tenth of a second it would be the same one.
  await new Promise((resolve) => setTimeout(resolve, 150));
  run.child.kill("SIGTERM");
  expect(await run.ends()).toBe(143);
});

it("says in words that systemd is not told, and serves all the same", async () => {
  folder.write(`${HEALTH} setTimeout(() => server.stop(), 300).unref();`);
  writeCommand(3);
  const faults = [
    [NOTIFY.PATH, "systemd-notify has ended with code 3"],
    ["/nowhere", "the command systemd-notify cannot be started (spawn systemd-notify ENOENT)"],
  ] as const;
  for (const [PATH, why] of faults) {
    const run = new ProcessRun(process.execPath, [folder.server], { ...NOTIFY, PATH });
    const [{ port }] = (await run.prints(1)) as unknown as [{ port: number }];
    await run.says(`NOTIFY_SOCKET is set, but systemd was not told READY=1: ${why}`);
    expect(await askOnce({ port, host: "127.0.0.1" })).toBe("ready");
    run.child.kill("SIGTERM");
    await run.ends();
  }
});
