import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { tempDir } from "@mantou/testing/temp-dir";
import { afterEach, describe, expect, it } from "vitest";
import { runCommand } from "../src/cli/run-command.ts";
import { startServer } from "./support/faulty-server.ts";

const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const servers = new Set<Server>();
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  sockets.clear();
  servers.clear();
});

/** A server that is no HTTP server. */
async function listen(connected: (socket: Socket) => void, path?: string): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    connected(socket);
  });
  servers.add(server);
  if (path === undefined) server.listen(0, "127.0.0.1");
  else server.listen(path);
  await once(server, "listening");
  return path ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The command in this process: to start one costs more than what most of these tests do. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runCommand(args, {
    print: (text) => {
      out += `${text}\n`;
    },
    note: (text) => {
      err += `${text}\n`;
    },
    progress: null,
  });
  expect(err).not.toMatch(/^\s+at /m);
  return { code, out, err };
}

describe("a target that cannot be examined is told in a sentence, with exit code 2", () => {
  it("is down", async () => {
    const url = await listen(() => {});
    for (const server of servers) server.close();
    expect(await run(url)).toMatchObject({
      code: 2,
      err: expect.stringContaining("the connection was refused: no server listens there"),
    });
  });

  it("never answers", async () => {
    const url = await listen((socket) => socket.resume());
    expect(await run(url, "--timeout", "300")).toMatchObject({
      code: 2,
      err: expect.stringContaining("sent nothing for 300 ms"),
    });
  });

  it("closes at once", async () => {
    const url = await listen((socket) => socket.end());
    expect(await run(url)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/(?:closed|reset) the connection without a response/),
    });
  });

  it("answers as Redis does", async () => {
    const url = await listen((socket) =>
      socket.on("data", () => socket.write("-ERR unknown command 'GET'\r\n")),
    );
    const { code, err } = await run(url, "--timeout", "300");
    expect(code).toBe(2);
    expect(err).toContain(`is not HTTP/1.1: it begins "-ERR unknown command 'GET'\\r\\n"`);
  });

  it("sends garbage without end", async () => {
    const url = await listen((socket) => {
      const flood = () => {
        while (socket.writable && socket.write(Buffer.alloc(65_536, 0xff)));
      };
      socket.on("drain", flood);
      socket.on("data", flood);
    });
    const { code, err } = await run(url);
    expect(code).toBe(2);
    expect(err).toContain("is not HTTP/1.1");
  });

  it("speaks TLS, or is said to and does not", async () => {
    const alert = await listen((socket) =>
      socket.on("data", () => socket.end(Buffer.from("15030100020246", "hex"))),
    );
    expect((await run(alert, "--timeout", "300")).err).toContain("It speaks TLS");
    const { url, close } = await startServer();
    const { code, err } = await run(url, "--tls");
    await close();
    expect(code).toBe(2);
    expect(err).toContain("does not speak TLS");
  });

  it("is on another machine, or is no URL", async () => {
    expect((await run("http://192.0.2.1/")).err).toContain("--allow-remote");
    const mapped = await run("http://[::ffff:127.0.0.1]:1/");
    expect(mapped).toMatchObject({ code: 2, err: expect.not.stringContaining("--allow-remote") });
    const twoSockets = ["ws://127.0.0.1/", "ws://127.0.0.2/"];
    expect((await run(...twoSockets)).err).toContain("A WebSocket URL stands alone");
    const via = ["--via", "http://127.0.0.1/", "--origin", "listen:3001", "ws://127.0.0.1/"];
    expect((await run(...via)).err).toContain("A WebSocket URL stands alone");
    expect((await run("ftp://127.0.0.1/")).err).toContain("The scheme must be http, https, ws or wss");
    expect((await run()).err).toContain("The URL of the server to examine is missing");
    expect((await run("http://127.0.0.1/", "--runs", "0")).err).toContain(
      "--runs must be an integer from 1 up",
    );
  });

  it("crashes in the middle: its last input is shown", async () => {
    const program = `
      const server = require("node:http").createServer((request, response) => {
        if (request.httpVersion === "1.0") process.exit(1);
        response.end("x");
      });
      server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = await once(child.stdout, "data");
    const { code, err } = await run(`http://127.0.0.1:${String(port).trim()}/`, "--concurrency", "1");
    expect(code).toBe(2);
    expect(err).toContain("It crashed after this input:");
    expect(err).toContain("GET / HTTP/1.0\\r\\n");
    expect(child.exitCode).toBe(1);
  });

  it("crashes by the last trial of all, of which the rule demands the end of the connection", async () => {
    const program = `
      const server = require("node:http").createServer((request, response) => response.end("x"));
      server.on("connect", () => process.exit(1));
      server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = await once(child.stdout, "data");
    const options = ["--only", "connect-port", "--runs", "1"];
    const { code, err } = await run(`http://127.0.0.1:${String(port).trim()}/`, ...options);
    expect(code).toBe(2);
    expect(err).toMatch(/It crashed after this input:\n.*\n +CONNECT a:/);
  });

  it("crashes in the middle of a trial: what it has read of that is its last input", async () => {
    const program = `
      const server = require("node:http").createServer(({ method, url }, response) => {
        if (method === "HEAD" && url === "/absent") process.exit(1);
        response.end("x");
      });
      server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = await once(child.stdout, "data");
    const { code, err } = await run(`http://127.0.0.1:${String(port).trim()}/`, "--only", "head-as-get");
    expect(code).toBe(2);
    expect(err).toContain("HEAD /absent HTTP/1.1\\r\\n");
  });
});

describe("the command", () => {
  it("saves a violation and replays it, compares with a baseline, and prints JSON, JUnit and Markdown", async () => {
    const folder = mkdtempSync(join(tmpdir(), "conformance-"));
    const faulty = await startServer({ output: (text) => text.replace(/Date: [^\r]*\r\n/g, "") });
    const sound = await startServer();
    const only = ["--only", "rfc9110/6.6.1/date", "--seed", "3"];
    const first = await run(faulty.url, ...only, "--save", folder);
    expect(first.code).toBe(1);
    expect(first.out).toContain("due: a Date like");
    expect(first.out).toContain(
      `$ (printf 'GET / HTTP/1.1\\r\\nHost: ${new URL(faulty.url).host}\\r\\n\\r\\n'; sleep 2) | nc 127.0.0.1`,
    );
    const [file = ""] = readdirSync(folder);
    expect(file).toBe("rfc9110_6.6.1_date.json");
    expect(JSON.parse(readFileSync(join(folder, file), "utf8"))).toMatchObject({
      version: 1,
      rule: "rfc9110/6.6.1/date",
      level: "must",
      repeated: { broken: 3, of: 3 },
    });
    expect((await run(faulty.url, "--replay", join(folder, file))).code).toBe(1);
    expect((await run(sound.url, "--replay", join(folder, file))).code).toBe(0);
    expect((await run(sound.url, "--replay", MAIN)).code).toBe(2);
    const broken = await run(faulty.url, ...only, "--json");
    const baseline = join(folder, "baseline.json");
    writeFileSync(baseline, broken.out);
    expect(await run(faulty.url, ...only, "--baseline", baseline)).toMatchObject({
      code: 0,
      err: "0 new, 1 known, 0 mended\n",
    });
    expect((await run(sound.url, ...only, "--baseline", baseline)).err).toMatch(
      /date is mended: .*\n0 new, 0 known, 1 mended/,
    );
    expect((await run(sound.url, ...only, "--baseline", join(folder, file))).code).toBe(2);
    expect((await run(faulty.url, ...only, "--junit")).out).toMatch(
      /<testsuite name=".*" tests="1" failures="1" errors="0" skipped="0"[\s\S]*<failure message="[^"]*"/,
    );
    expect((await run(faulty.url, ...only, "--markdown")).out).toMatch(
      /\| rfc9110\/6\.6\.1\/date \| MUST \| .* \| \*\*broken\*\* \|/,
    );
    const debated = await run(sound.url, "--only", "rfc9112/9.6/half-close", "--json");
    expect(JSON.parse(debated.out).verdicts[0].debatable).toMatch(/^the RFC does not speak of it/);
    const json = await run(sound.url, ...only, "--json");
    expect(JSON.parse(json.out)).toMatchObject({
      seed: 3,
      verdicts: [{ id: "rfc9110/6.6.1/date", verdict: "held" }],
    });
    await faulty.close();
    await sound.close();
    rmSync(folder, { recursive: true });
  });

  it("prints the report of a run whose cases cannot be saved, with exit code 2", async () => {
    const server = await startServer({ output: (text) => text.replace(/Date: [^\r]*\r\n/g, "") });
    const result = await run(server.url, "--only", "rfc9110/6.6.1/date", "--save", join(MAIN, "no-folder"));
    await server.close();
    expect(result).toMatchObject({ code: 2, out: expect.stringContaining("due: a Date like") });
    expect(result.err).toContain("The case files cannot be written to ");
  });

  it("names what --only and --skip say and no rule is called, whatever else they name", async () => {
    for (const option of ["only", "skip"]) {
      const { code, err } = await run("http://127.0.0.1:1/", `--${option}`, "rfc9110/6.6.1/date,no-such");
      expect(code).toBe(2);
      expect(err).toContain(`${option} names "no-such", which is in the id of no rule`);
    }
  });

  it("finds a server silent whose --timeout is longer than the --time for a rule", async () => {
    const server = await startServer({ takes: (text) => !/^host:/im.test(text) });
    const options = ["--only", "rfc9112/3.2/host-missing", "--timeout", "1500", "--time", "1", "--json"];
    const { code, out } = await run(server.url, ...options);
    await server.close();
    expect(JSON.parse(out).verdicts[0].verdict).toBe("broken");
    expect(code).toBe(1);
  });

  it("replays no case on a server to which its rule does not apply, which it says", async () => {
    const faulty = await startServer({ input: (text) => text.replace(/content-length: 0+(?=\d)/i, "X: ") });
    const other = await startServer({ closesBehind: (method) => method === "POST" });
    const folder = tempDir();
    const options = ["--only", "rfc9112/6.3/cl-content", "--timeout", "300", "--seed", "1"];
    expect((await run(faulty.url, ...options, "--save", folder)).code).toBe(1);
    const file = join(folder, "rfc9112_6.3_cl-content.json");
    expect((await run(faulty.url, "--replay", file)).code).toBe(1);
    const { code, out } = await run(other.url, "--replay", file);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining("rfc9112/6.3/cl-content: not applicable: it "),
    });
    for (const { close } of [faulty, other]) await close();
  });

  it("replays no case of a client, which it says", async () => {
    const file = join(tempDir(), "case.json");
    const exchanges = [{ pieces: [], methods: ["GET"], until: 1, halfClose: false }];
    writeFileSync(file, JSON.stringify({ version: 1, rule: "rfc9112/4/client-reason", exchanges }));
    const { code, err } = await run("http://127.0.0.1/", "--replay", file);
    expect(code).toBe(2);
    expect(err).toContain("is a rule of clients");
  });

  it("is a program, which what reads its report may leave", async () => {
    const child = spawn(process.execPath, [MAIN, "--rules"], { stdio: ["ignore", "pipe", "pipe"] });
    let err = "";
    child.stderr.on("data", (text) => {
      err += text;
    });
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [code] = await once(child, "exit");
    expect([code, err]).toEqual([0, ""]);
  });
});
