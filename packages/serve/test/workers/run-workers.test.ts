import { existsSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import { RawWebSocket, type ServerFrame } from "@mantou/testing/raw-websocket";
import { tempDir } from "@mantou/testing/temp-dir";
import { cert, key } from "@mantou/testing/tls";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { askOnce, Load, type Lost, ProcessRun, WorkerFolder } from "../support/worker-run.ts";

const folder = new WorkerFolder();
folder.install("backplane");
const host = "127.0.0.1";

/** Three servers: plain, TLS, and a Unix socket. */
const SERVERS = `
  const fetch = async (request, server) => {
    if (server.upgrade(request)) return;
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/wait") {
      console.log("waiting " + process.pid);
      await new Promise((resolve) => setTimeout(resolve, searchParams.get("ms")));
    }
    return Response.json({ pid: process.pid, port: server.port, url: server.url.href, ip: server.requestIP(request)?.address ?? null });
  };
  const websocket = { open: (ws) => void ws.subscribe("room"), message: (ws, text) => void ws.publish("room", text + " by " + process.pid) };
  const plain = serve({ port: 0, hostname: "127.0.0.1", fetch, websocket });
  const same = serve({ port: 0, hostname: "127.0.0.1", fetch, websocket });
  const secure = serve({ port: 0, hostname: "127.0.0.1", fetch, websocket, tls: { cert: process.env.CERT, key: process.env.KEY } });
  const unix = serve({ unix: process.env.PATH_OF_SOCKET, fetch, websocket });
  console.log(JSON.stringify({ pid: process.pid, worker: Number(process.env.MANTOU_WORKER),
    port: plain.port, same: same.port, secure: secure.port, address: plain.address, unix: unix.url.href, variable: process.env.MANTOU_SOCKETS ?? null }));
`;

async function pidOf(target: net.NetConnectOpts): Promise<number> {
  const got = await askOnce(target);
  return typeof got === "string" ? (JSON.parse(got) as { pid: number }).pid : Number.NaN;
}

function connectedTo(target: net.NetConnectOpts): Promise<net.Socket> {
  return new Promise((resolve) => {
    const socket: net.Socket = net.connect(target, () => resolve(socket));
  });
}

function isRefused(target: net.NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket: net.Socket = net.connect(target, () => resolve(false));
    socket.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "ECONNREFUSED"));
    socket.on("connect", () => socket.destroy());
  });
}

describe("runWorkers", () => {
  it("removes the file of a Unix socket that is named from the folder of the workers", async () => {
    folder.write(`serve({ unix: "relative.sock", fetch: () => new Response() }); console.log("{}");`);
    const cwd = tempDir();
    const run = folder.run(`{ workers: 2, cwd: ${JSON.stringify(cwd)} }`);
    await run.prints(2);
    expect(existsSync(join(cwd, "relative.sock"))).toBe(true);
    run.child.kill();
    expect(await run.ends()).toBe(0);
    expect(existsSync(join(cwd, "relative.sock"))).toBe(false);
  });

  it("ends with 1 on a line of Node.js whose handles are not known, and names the lines that can", async () => {
    folder.write('serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });');
    folder.writePrimary("{ workers: 1 }");
    const other =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '25.2.0' } })";
    // The worker has the same options.
    const args = ["--import", `data:text/javascript,${encodeURIComponent(other)}`, folder.primary];
    const run = new ProcessRun(process.execPath, args);
    expect(await run.ends()).toBe(1);
    expect(run.output).toContain(
      "workers can share sockets on Node.js 20, 22, 24 and 26, and this is 25.2.0: use one of them",
    );
  });

  it("shares the sockets of several servers, and loses none of the connections that a killed worker has not accepted", async () => {
    folder.write(SERVERS);
    const path = join(folder.path, "a.sock");
    const run = folder.run("{ workers: 2, drainSeconds: 30 }", {
      CERT: cert,
      KEY: key,
      PATH_OF_SOCKET: path,
    });
    const [first, second] = await run.prints(2);
    // The same ports, and for the servers that are given the same address each its own.
    expect({ ...second, pid: 0, worker: 0 }).toEqual({ ...first, pid: 0, worker: 0 });
    expect([first!.worker, second!.worker]).toEqual([1, 2]);
    expect(first).toMatchObject({
      variable: null,
      address: { port: first!["port"] },
      unix: `unix://${path}`,
    });
    expect(first!["same"]).not.toBe(first!["port"]);

    // While the first stands still, the second responds, at each address.
    const target = { port: first!["port"] as number, host };
    process.kill(first!.pid, "SIGSTOP");
    expect(JSON.parse((await askOnce(target)) as string)).toEqual({
      pid: second!.pid,
      port: target.port,
      url: `http://127.0.0.1:${target.port}/`,
      ip: host,
    });
    expect(await pidOf({ port: first!["same"] as number, host })).toBe(second!.pid);
    expect(await pidOf({ path })).toBe(second!.pid);
    const secure = tls.connect({ port: first!["secure"] as number, host, ca: cert, servername: "localhost" });
    secure.write("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let received = "";
    secure.on("data", (bytes) => (received += String(bytes)));
    await new Promise((resolve) => secure.on("close", resolve));
    expect(received).toContain(`"pid":${second!.pid}`);

    // A message of one worker's client reaches the other's: the process that has started them is the hub.
    const ofSecond = await RawWebSocket.open(target);
    process.kill(second!.pid, "SIGSTOP");
    process.kill(first!.pid, "SIGCONT");
    const ofFirst = await RawWebSocket.open(target);
    process.kill(second!.pid, "SIGCONT");
    let frames: readonly ServerFrame[] = [];
    await until(async () => {
      // Until the workers are connected, it is lost.
      ofFirst.text("hello");
      await turns(50);
      frames = ofSecond.take();
      return frames.length > 0;
    }, "a message of the other worker");
    expect(String(frames[0]!.payload)).toBe(`hello by ${first!.pid}`);
    expect(ofFirst.take()).toEqual([]);
    process.kill(first!.pid, "SIGSTOP");

    // Both stand still, so that connections wait to be accepted. The first is killed, and the second accepts all of them.
    process.kill(second!.pid, "SIGSTOP");
    const queued = Array.from({ length: 20 }, (_, i) => askOnce(i % 2 === 0 ? target : { path }));
    process.kill(first!.pid, "SIGKILL");
    await run.says(`worker 1 (process ${first!.pid}) was ended by SIGKILL: a new one starts\n`);
    process.kill(second!.pid, "SIGCONT");
    for (const each of await Promise.all(queued)) expect(each).toEqual(expect.stringContaining('"pid":'));
    const third = (await run.prints(3))[2]!;
    expect({ ...third, pid: 0 }).toEqual({ ...first, pid: 0 });

    // No worker is left: connections wait for the next one.
    for (const { pid } of [second!, third]) process.kill(pid, "SIGKILL");
    const waiting = await Promise.all([target, { path }].map((each) => askOnce(each)));
    expect(waiting).toEqual([expect.stringContaining("{"), expect.stringContaining("{")]);
    const [one, two] = (await run.prints(5)).slice(3);

    // A reload refuses no connection, and cuts off no request.
    const load = new Load(target);
    const slow = askOnce(target, "/wait?ms=1500");
    await run.says("waiting");
    run.child.kill("SIGHUP");
    const fresh = (await run.prints(7)).slice(5);
    expect(JSON.parse((await slow) as string).pid).toSatisfy((pid) => pid === one!.pid || pid === two!.pid);
    await until(() => [one!, two!].every(({ pid }) => !isRunning(pid)), "the end of the old workers");
    await load.stop();
    expect(load.lost).toEqual([]);
    expect(load.responses).toBeGreaterThan(20);
    const pids = new Set(fresh.map(({ pid }) => pid));
    expect(pids).toContain(await pidOf(target));
    expect(pids).toContain(await pidOf({ path }));

    // SIGTERM: the request under way gets its response, new connections are refused, and the file of the socket is gone.
    const late = askOnce(target, "/wait?ms=700");
    await until(() => run.output.split("waiting").length === 3, "the last request");
    run.child.kill("SIGTERM");
    expect(await late).toContain('"pid":');
    expect(await run.ends()).toBe(0);
    expect(((await askOnce(target)) as Lost).lost).toMatch(/^ECONNREFUSED/);
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    "TLSv1.2",
    "TLSv1.3",
  ] as const)("lets a client resume a session of %s with any worker, as long as the certificates are the same", async (version) => {
    folder.write(`
      const secure = serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(String(process.pid)),
        tls: { cert: process.env.CERT, key: process.env.KEY, ciphers: process.env.MANTOU_WORKER === "3" ? "AES128" : undefined } });
      console.log(JSON.stringify({ pid: process.pid, worker: Number(process.env.MANTOU_WORKER), port: secure.port }));
    `);
    const run = folder.run("{ workers: 3 }", { CERT: cert, KEY: key });
    const workers = await run.prints(3);
    const only = { host, port: workers[0]!["port"] as number, ca: cert, servername: "localhost" };
    let session: Buffer | undefined;
    const visit = (): Promise<[pid: number, reused: boolean]> =>
      new Promise((resolve, reject) => {
        let text = "";
        let given: Buffer | undefined;
        let reused = false;
        const socket = tls.connect({
          ...only,
          minVersion: version,
          maxVersion: version,
          ...(session && { session }),
        });
        socket.on("secureConnect", () => (reused = socket.isSessionReused()));
        socket.on("session", (ticket: Buffer) => (given = ticket));
        socket.on("data", (bytes) => (text += String(bytes)));
        socket.on("error", reject);
        socket.write("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        socket.on("close", () => {
          session ??= given;
          resolve([Number(text.split("\r\n\r\n")[1]), reused]);
        });
      });
    // One worker at a time accepts. The third has other settings.
    const [first, second, third] = workers.toSorted((a, b) => a.worker - b.worker).map(({ pid }) => pid);
    const wakeOnly = (pid: number): void => {
      for (const each of [first!, second!, third!]) process.kill(each, each === pid ? "SIGCONT" : "SIGSTOP");
    };
    wakeOnly(first!);
    expect(await visit()).toEqual([first, false]);
    expect(await visit()).toEqual([first, true]);
    wakeOnly(second!);
    expect(await visit()).toEqual([second, true]);
    wakeOnly(third!);
    expect(await visit()).toEqual([third, false]);
  });

  it("does the same by documented API, says in which worker another address is bound, and ends at once by a second signal", async () => {
    folder.write(`
      const worker = Number(process.env.MANTOU_WORKER);
      const fetch = () => { console.log("asked"); return new Promise(() => {}); };
      const server = serve({ port: worker === 1 ? 0 : process.env.OTHER, hostname: "127.0.0.1", fetch });
      console.log(JSON.stringify({ pid: process.pid, worker, port: server.port }));
    `);
    const run = folder.run("{ workers: 2 }", { OTHER: "9", MANTOU_TRANSPORT: "stream" });
    const [first] = await run.prints(1);
    await run.says(
      "Worker 2 is to listen on port 9 of 127.0.0.1, but the first worker listens on port 0 of 127.0.0.1",
    );
    await run.says("has ended with code 1: a new one starts in 0.1 s");
    await run.says("a new one starts in 0.2 s");
    const socket = await connectedTo({ port: first!["port"] as number, host });
    socket.on("error", () => {});
    socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    await run.says("asked");
    run.child.kill("SIGINT");
    await until(() => isRefused({ port: first!["port"] as number, host }), "the end of listening");
    // Within 0.1 s it would be the same signal, passed on by another process.
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(run.code).toBeUndefined();
    run.child.kill("SIGTERM");
    expect(await run.ends()).toBe(143);
    socket.destroy();
  });

  it("ends if the first worker does, before it listens", async () => {
    folder.write("throw new Error('no start');");
    const run = folder.run("{ workers: 4, log: (line) => console.log(line) }");
    expect(await run.ends()).toBe(1);
    expect(run.output.match(/Error: no start/g)).toHaveLength(1);
    expect(run.output).toMatch(
      /worker 1 \(process \d+\) has ended with code 1 before it had called serve\(\): no other worker starts/,
    );
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
