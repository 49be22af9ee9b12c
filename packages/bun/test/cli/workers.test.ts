import { until } from "@mantou/testing/wait";
import { expect, it } from "vitest";
import { CommandFolder, ended, get, listening, printed } from "../support/command.ts";

const folder = new CommandFolder();

it("mantou --workers serves a program in several processes, replaces them on SIGHUP, and ends them gracefully", async () => {
  folder.write(
    "server.ts",
    `const worker: string = process.env.MANTOU_WORKER!;
     console.log("worker " + worker + " pid " + process.pid + " " + typeof gc);
     export default {
       port: 0,
       hostname: "127.0.0.1",
       fetch: (request, server) => {
         if (server.upgrade(request)) return;
         if (!request.url.endsWith("/slow")) return new Response(String(process.pid));
         console.log("slow");
         return Bun.sleep(500).then(() => new Response("late"));
       },
       websocket: { open() { console.log("opened"); }, close(ws, code) { console.log("closed " + code); } },
     };`,
  );
  const running = folder.mantou("--workers", "2", "--expose-gc", "server.ts", "--hot");
  const url = await listening(running);
  const pids = async (count: number): Promise<number[]> => {
    const all = (): number[] =>
      [...running.output.matchAll(/^worker \d pid (\d+) function$/gm)].map(([, pid]) => Number(pid));
    await until(() => all().length === count, `${count} workers in ${running.output}`);
    return all();
  };
  const [first, second] = await pids(2);
  process.kill(second!, "SIGKILL");
  const third = (await pids(3))[2]!;
  await printed(running, `mantou: worker 2 (process ${second}) was ended by SIGKILL: a new one starts`);
  const { WebSocket } = await import("ws");
  const socket = new WebSocket(url.replace("http", "ws"));
  await printed(running, "opened");
  running.child.kill("SIGHUP");
  const [fourth, fifth] = (await pids(5)).slice(3);
  await until(() => [first!, third].every((pid) => !isRunning(pid)), "the end of the old workers");
  await printed(running, "closed 1012");
  expect([fourth, fifth]).toContain(Number(await get(url)));

  const late = get(`${url}slow`);
  await printed(running, "slow");
  running.child.kill("SIGTERM");
  expect(await late).toBe("late");
  expect(await ended(running)).toBe(0);
  // All have the same address: the first says it, and its successor in the reload.
  expect(running.output.match(/Listening on/g), running.output).toHaveLength(2);
  socket.terminate();
});

it("mantou --workers runs files alone, and ends with a program that does not start", async () => {
  folder.write("package.json", '{ "scripts": { "dev": "node x.js" } }');
  folder.write("a.ts", "throw new Error('no start');");
  const runs = [
    ["--workers 2 dev", "--workers runs a file, and dev is a script: write the option into it"],
    ["--workers 2 none.ts", 'mantou: there is no module "none.ts"'],
    ["--workers 2 a.html", "--workers cannot run pages"],
    ["--workers 2 -", "--workers cannot run standard input"],
    ["--workers 2 a.ts", "has ended with code 1 before it had called serve(): no other worker starts"],
  ].map(([line, message]) => ({ running: folder.mantou(...line!.split(" ")), message: message! }));
  for (const { running, message } of runs) {
    expect(await ended(running)).toBe(1);
    expect(running.output).toContain(message);
  }
  expect(runs.at(-1)!.running.output.match(/no start/g)!.length).toBeLessThan(3);
});

it("mantou --backplane names the option that is wrong, in workers too, and not the variable that it sets for them", async () => {
  folder.write("server.ts", "export default { port: 0, fetch: () => new Response() };");
  folder.write(
    "plain.ts",
    "process.env.MANTOU_BACKPLANE = 'ftp://b'; Bun.serve({ port: 0, fetch: () => new Response() });",
  );
  const runs = [
    ["--backplane ftp://b server.ts", "TypeError: --backplane: a backplane's URL begins with"],
    ["--workers 2 --backplane ftp://b server.ts", "TypeError: --backplane: a backplane's URL begins with"],
    ["plain.ts", "TypeError: MANTOU_BACKPLANE: a backplane's URL begins with"],
  ].map(([line, message]) => ({ running: folder.mantou(...line!.split(" ")), message: message! }));
  for (const { running, message } of runs) {
    expect(await ended(running)).toBe(1);
    expect(running.output).toContain(message);
  }
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
