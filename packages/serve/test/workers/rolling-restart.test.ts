import net from "node:net";
import { until } from "@mantou/testing/wait";
import { expect, it } from "vitest";
import { askOnce, type Lost, ProcessRun, WorkerFolder } from "../support/worker-run.ts";

const HELD = 1000;
const QUEUED = 200;

const folder = new WorkerFolder();

/** A program whose requests for /held get their responses at SIGUSR2, and which tells when it has all of them. */
function write(held: number, signals: string): void {
  folder.write(`
    let release;
    const released = new Promise((resolve) => { release = resolve; });
    process.on("SIGUSR2", release);
    let held = 0;
    const say = (more) => console.log(JSON.stringify({ pid: process.pid, ...more }));
    const server = serve({
      port: 0, hostname: "127.0.0.1", idleTimeout: 0,
      async fetch(request) {
        if (request.url.endsWith("/held")) {
          if (++held === ${held}) say({ held });
          await released;
        }
        return new Response(String(process.pid));
      },
    });
    ${signals}
    say({ port: server.port });
  `);
}

const ask = (port: number, path: string, count: number): Promise<string | Lost>[] =>
  Array.from({ length: count }, () => askOnce({ port, host: "127.0.0.1" }, path));

/** Sends requests over connections that the system has accepted, and no process yet. */
async function queue(port: number, count: number): Promise<Promise<string | Lost>[]> {
  let connected = 0;
  const responses = Array.from({ length: count }, () => {
    const socket = net.connect(port, "127.0.0.1");
    let received = "";
    return new Promise<string | Lost>((resolve) => {
      socket.on("connect", () => {
        socket.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        connected++;
      });
      socket.on("data", (bytes) => (received += String(bytes)));
      socket.on("error", () => {});
      socket.on("close", () => {
        const [head, body] = received.split("\r\n\r\n");
        resolve(head!.startsWith("HTTP/1.1 200") ? body! : { lost: received });
      });
    });
  });
  await until(() => connected === count, `${count} connections`);
  return responses;
}

async function expectAll(
  responses: readonly Promise<string | Lost>[],
  pids: readonly number[],
): Promise<void> {
  const got = await Promise.all(responses);
  expect(got.filter((each) => typeof each !== "string")).toEqual([]);
  const others = got.filter((each) => !pids.includes(Number(each)));
  expect(others).toEqual([]);
}

const said = (run: ProcessRun, name: string, count: number): Promise<void> =>
  until(
    () => run.printed.filter((each) => name in each).length >= count,
    `${count} ${name} in ${run.output}`,
  );

it("loses no request of those under way, nor of those in the accept queue, when workers are replaced", async () => {
  write(HELD, "");
  const run = folder.run("{ workers: 1 }");
  const [{ pid: old, port }] = (await run.prints(1)) as unknown as [{ pid: number; port: number }];
  const held = ask(port, "/held", HELD);
  await said(run, "held", 1);
  process.kill(old, "SIGSTOP");
  const queued = await queue(port, QUEUED);
  run.child.kill("SIGHUP");
  await said(run, "port", 2);
  const { pid } = run.printed.filter((each) => "port" in each)[1]!;
  await expectAll(queued, [pid]);
  process.kill(old, "SIGCONT");
  process.kill(old, "SIGUSR2");
  await expectAll(held, [old]);
  run.child.kill("SIGTERM");
  expect(await run.ends()).toBe(0);
});

it("loses none of them when a single process stops, which empties its queue first", async () => {
  write(HELD, 'process.on("SIGTERM", () => server.stop({}));');
  const run = new ProcessRun(process.execPath, [folder.server]);
  const [{ pid, port }] = (await run.prints(1)) as unknown as [{ pid: number; port: number }];
  const held = ask(port, "/held", HELD);
  await said(run, "held", 1);
  process.kill(pid, "SIGSTOP");
  const queued = await queue(port, QUEUED);
  for (const signal of ["SIGTERM", "SIGCONT"]) process.kill(pid, signal);
  await expectAll(queued, [pid]);
  process.kill(pid, "SIGUSR2");
  await expectAll(held, [pid]);
  expect(await run.ends()).toBe(0);
});

it("loses none of them when systemd, which holds the socket, starts a process behind another", async () => {
  const [some, few] = [100, 50];
  write(some, 'process.on("SIGTERM", () => server.stop({}));');
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  const start = 'sh -c "LISTEN_PID=\\$\\$ exec $0 $1"';
  const shell = `export LISTEN_FDS=1; ${start.replace("$0", "$NODE").replace("$1", "$FILE")}; ${start.replace("$0", "$NODE").replace("$1", "$FILE")}`;
  const run = new ProcessRun("/bin/sh", ["-c", shell], { NODE: process.execPath, FILE: folder.server }, [fd]);
  // The shell holds the socket from now on.
  server.close();
  await said(run, "port", 1);
  const { pid: first } = run.printed[0]!;
  const held = ask(port, "/held", some);
  await said(run, "held", 1);
  process.kill(first, "SIGSTOP");
  const queued = await queue(port, few);
  for (const signal of ["SIGTERM", "SIGCONT", "SIGUSR2"]) process.kill(first, signal);
  await expectAll(held, [first]);
  await said(run, "port", 2);
  const { pid: second } = run.printed.filter((each) => "port" in each)[1]!;
  await expectAll(queued, [first, second]);
  process.kill(second, "SIGTERM");
  expect(await run.ends()).toBe(0);
});
