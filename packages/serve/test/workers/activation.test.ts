import { linkSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { askOnce, ProcessRun, WorkerFolder } from "../support/worker-run.ts";

const folder = new WorkerFolder();

/** Runs a program as systemd does: with sockets that this process has bound, as the process that `LISTEN_PID` names. */
function activated(sockets: readonly net.Server[], names: string | null, file: string): ProcessRun {
  const env = { LISTEN_FDS: String(sockets.length), ...(names !== null && { LISTEN_FDNAMES: names }) };
  const fds = sockets.map((server) => (server as unknown as { _handle: { fd: number } })._handle.fd);
  return new ProcessRun("/bin/sh", ["-c", 'LISTEN_PID=$$ exec "$0" "$1"', process.execPath, file], env, fds);
}

function bound(address: net.ListenOptions): Promise<net.Server> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(address, () => resolve(server));
  });
}

/** A Unix socket whose file stays when this process closes it, as one of systemd. */
async function boundPath(path: string): Promise<net.Server> {
  const server = await bound({ path: `${path}.own` });
  linkSync(`${path}.own`, path);
  return server;
}

it("listens on the sockets of systemd, in one process and in workers", async () => {
  const path = join(folder.path, "s.sock");
  const web = await bound({ port: 0, host: "127.0.0.1" });
  const admin = await boundPath(path);
  const { port } = web.address() as net.AddressInfo;
  folder.write(`
    const fetch = (request, server) => new Response(server.id + " " + process.pid);
    const admin = serve({ id: "admin", unix: "/run/admin.sock", fetch });
    const web = serve({ port: 9, fetch });
    const own = serve({ port: 0, fetch });
    console.log(JSON.stringify({ pid: process.pid, port: web.port, url: web.url.href, address: web.address, admin: admin.url.href, own: own.port }));
  `);
  folder.writePrimary("{ workers: 2 }");
  const expected = {
    port,
    url: `http://localhost:${port}/`,
    address: { address: "127.0.0.1", port, family: "IPv4" },
    admin: "unix:///run/admin.sock",
  };
  for (const [file, count] of [
    [folder.server, 1],
    [folder.primary, 2],
  ] as const) {
    const run = activated([web, admin], "http:admin", file);
    const processes = await run.prints(count);
    expect(processes).toHaveLength(count);
    for (const each of processes) expect(each).toMatchObject({ ...expected, own: processes[0]!["own"] });
    const pids = processes.map(({ pid }) => pid);
    // This process accepts, too, until it has closed its handles. So each of the others stands still in turn.
    if (count === 2) {
      for (const each of [web, admin]) each.close();
      for (const [still, other] of [pids, [...pids].reverse()] as [number, number][]) {
        process.kill(still, "SIGSTOP");
        expect(await askOnce({ port, host: "127.0.0.1" })).toBe(` ${other}`);
        expect(await askOnce({ path })).toBe(`admin ${other}`);
        process.kill(still, "SIGCONT");
      }
    }
    run.child.kill("SIGTERM");
    await run.ends();
  }
});

it("says in words what does not fit: another kind of socket, a descriptor that is none, and processes of node:cluster", async () => {
  const path = join(folder.path, "t.sock");
  const sockets = [await boundPath(path), await bound({ port: 0 })];
  folder.write(`
    import cluster from "node:cluster";
    const fetch = () => new Response();
    const attempt = (options) => { try { return serve({ ...options, fetch }); } catch (error) { console.log(error.code + " " + error.message); } };
    attempt({ port: 9 });
    attempt({ unix: "/a" });
    const { port } = attempt({ port: 0, hostname: "127.0.0.1" });
    cluster.setupPrimary({ exec: import.meta.filename.replace("server", "clustered"), args: [String(port)] });
    cluster.fork().on("exit", (code) => process.exit(code));
  `);
  folder.writeAs(
    "clustered.mjs",
    'serve({ port: process.argv[2], hostname: "127.0.0.1", fetch: () => new Response() });',
  );
  const run = activated(sockets, null, folder.server);
  expect(await run.ends()).toBe(1);
  const listen = "ERR_LISTEN_FDS Failed to start server. Descriptor";
  expect(run.output).toContain(
    `${listen} 3, which this process was given, is a Unix socket, and serve() has port 9: give the option unix its path`,
  );
  expect(run.output).toContain(
    `${listen} 4, which this process was given, is a TCP socket, and serve() has "/a": leave the option unix out`,
  );
  expect(run.output).toContain(
    "in use? serve() binds in the process that calls it: node:cluster and PM2 cannot share its port. Start one process, by `mantou --workers N`",
  );
  for (const each of sockets) each.close();
});
