import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Program } from "@mantou/testing/program";
import { ask, connect, request, type Target } from "@mantou/testing/raw-client";
import { gate } from "@mantou/testing/wait";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocks } from "./blocks.ts";

// Inside the folder, so that the programs find the packages.
const folder = fileURLToPath(new URL(".programs/", import.meta.url));
const mantou = fileURLToPath(new URL("../../../packages/bun/dist/cli/main.js", import.meta.url));

const programs: Program[] = [];

beforeAll(() => void mkdirSync(folder, { recursive: true }));

afterAll(() => {
  for (const program of programs) program.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the program of a page as a server: `end` takes the place of the page's own check, which begins with `cut`. */
async function start(name: string, cut: string, end: string): Promise<Target> {
  const { code } = blocks().find((block) => block.name === name)!;
  expect(code.split(cut)).toHaveLength(2);
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, `${code.split(cut)[0]}${end}`);
  const program = new Program({ args: [mantou, file], cwd: folder });
  programs.push(program);
  return { port: Number(await program.listening()) };
}

const listening = (server: string): string =>
  `${server}.listen(0, "127.0.0.1", () => console.log("Listening", (${server}.address() as AddressInfo).port));\n`;

describe("the proxy of compose/proxy.md", () => {
  const hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
  const responses: Readonly<Record<string, string>> = {
    "/hello": hello,
    "/status-099": "HTTP/1.1 099 Early\r\nContent-Length: 0\r\n\r\n",
    "/status-999": "HTTP/1.1 999 Late\r\nContent-Length: 0\r\n\r\n",
    "/status-205": "HTTP/1.1 205 Reset Content\r\nContent-Length: 4\r\n\r\nmore",
  };
  const [firstIsClosed, second] = [gate(), gate()];
  const behind = createServer((socket) => {
    socket.on("error", () => {});
    // A head is one packet.
    socket.once("data", (head: Buffer) => {
      const path = head.toString("latin1").split(" ")[1]!;
      if (path === "/second") void second.promise.then(() => socket.end(hello));
      else socket.end(responses[path] ?? hello);
      if (path === "/first") socket.once("close", () => firstIsClosed.open());
    });
  });
  let proxy: Target;

  beforeAll(async () => {
    await new Promise<void>((resolve) => behind.listen(0, "127.0.0.1", resolve));
    const { port } = behind.address() as AddressInfo;
    const end = `const proxy = startProxy(new Router<number>().add("/*", ${port}));\n${listening("proxy")}`;
    proxy = await start("compose-proxy-1", "// Two servers behind it, and what a client gets.\n", end);
  });

  afterAll(() => void behind.close());

  it.each<[string, string, number]>([
    ["of HTTP/1.0 without Host", "GET /hello HTTP/1.0\r\n\r\n", 200],
    ["whose Connection names Host", request("GET /hello", ["Connection: host"]), 200],
    ["that expects 100, and has no content", request("GET /hello", ["Expect: 100-continue"]), 200],
    ["of the method TRACE, with content", request("TRACE /hello", ["Content-Length: 4"], "more"), 404],
    ["whose response has the status 099", request("GET /status-099"), 502],
    ["whose response has the status 999", request("GET /status-999"), 502],
    ["whose response is 205, with content", request("GET /status-205"), 502],
  ])("goes on behind a request %s", async (_, bytes, status) => {
    expect((await connect(proxy).write(bytes).response()).status).toBe(status);
    expect((await ask(proxy, "GET /hello")).text).toBe("hello");
  });

  it("gives the second of two requests its own response, also when the first one's connection closes meanwhile", async () => {
    const client = connect(proxy).write(request("GET /first"), request("GET /second"));
    expect((await client.response()).status).toBe(200);
    await firstIsClosed.promise;
    // By the end of a whole request the proxy has seen that, too.
    await ask(proxy, "GET /hello");
    second.open();
    const { status, text } = await client.response();
    expect([status, text]).toEqual([200, "hello"]);
    expect((await ask(proxy, "GET /hello")).text).toBe("hello");
  });

  it("does not say that a response to HEAD would have no content for GET", async () => {
    const { status, headers } = await ask(proxy, "HEAD /hello");
    expect([status, headers["content-length"]]).toEqual([200, undefined]);
  });
});

describe("the gateway of compose/gateway.md", () => {
  const offer = ["Upgrade: websocket", "Connection: upgrade"];
  const handshake = [...offer, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
  const [length, content] = ["Content-Length: 100000", "x".repeat(100_000)];
  let gateway: Target;

  beforeAll(async () => {
    const cut = "const server = createServer(accept);\n";
    gateway = await start("compose-gateway-1", cut, `${cut}${listening("server")}`);
  });

  it.each<[string, string, number]>([
    ["refused handshake that is the last request", request("GET /", [...offer, "Connection: close"]), 426],
    [
      "refused handshake whose content waits for 100",
      request("GET /", [...offer, "Expect: 100-continue", "Content-Length: 4"], "more"),
      426,
    ],
    ["refused handshake with much content", request("POST /", [...offer, length], content), 413],
    ["handshake with content", request("GET /", [...handshake, "Content-Length: 4"], "more"), 101],
    ["message that is too large", request("POST /topics/news", [length], content), 413],
  ])("goes on behind a %s", async (_, bytes, status) => {
    expect((await connect(gateway).write(bytes).response()).status).toBe(status);
    expect((await ask(gateway, "POST /topics/news", ["Content-Length: 2"], "hi")).text).toBe("0\n");
  });
});
