import { freePort } from "@mantou/testing/free-port";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { readSettings, SettingsError } from "../src/settings.ts";
import { ServerProcess } from "./server-process.ts";

const processes: ServerProcess[] = [];

function start(env: Record<string, string> = {}): ServerProcess {
  const server = new ServerProcess(env);
  processes.push(server);
  return server;
}

afterEach(() => {
  for (const server of processes.splice(0)) server.kill();
});

describe("starting", () => {
  test("prints the address first, and serves the page there", async () => {
    const server = start();
    const address = await server.address();
    expect(address.hostname).toBe("localhost");
    expect(Number(address.port)).toBeGreaterThan(0);

    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await page.text()).toContain("<title>Mantou chat</title>");

    const { stdout, stderr } = await server.stop();
    expect(stdout.split("\n")[0]).toBe(`The chat is at ${address.origin}`);
    expect(stdout).toContain("  in two processes   npx -y pnpm@12 start:cluster\n");
    expect(stderr).toBe("");
  });

  test("honours PORT and HOST", async () => {
    const port = String(await freePort());
    const address = await start({ PORT: port, HOST: "127.0.0.1" }).address();
    expect(address.href).toBe(`http://127.0.0.1:${port}/`);
    expect((await fetch(address)).status).toBe(200);
  });

  test("names a port that is taken, says how to pick another, and exits with 1", async () => {
    const { port } = await start().address();
    const { code, stderr, stdout } = await start({ PORT: port }).ended;
    expect(stderr).toContain(`Port ${port} is taken`);
    expect(stderr).toMatch(/PORT=\d+/);
    expect(stderr, "no stack trace for a mistake that is not ours").not.toMatch(/^\s+at /m);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });

  test("refuses PORT=http, and exits with 1", async () => {
    const { code, stderr } = await start({ PORT: "http" }).ended;
    expect(stderr).toBe('PORT must be a number from 0 to 65535, but is "http". Try PORT=3000.\n');
    expect(code).toBe(1);
  });

  test.each(["-1", "65536", "3000.5", "0x50"])("refuses PORT=%s in the same words", (PORT) => {
    const message = `PORT must be a number from 0 to 65535, but is "${PORT}". Try PORT=3000.`;
    expect(() => readSettings({ PORT })).toThrow(new SettingsError(message));
  });

  test("says that HOST is not of this machine, and exits with 1", async () => {
    // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
    const { code, stderr } = await start({ HOST: "192.0.2.213" }).ended;
    expect(stderr).toBe("HOST=192.0.2.213 is no address of this machine. Try HOST=localhost.\n");
    expect(code).toBe(1);
  });
});

describe("stopping", () => {
  test.each([
    "SIGTERM",
    "SIGINT",
  ] as const)("exits with 0 on %s, and closes open pages' connections", async (signal) => {
    const server = start();
    const address = await server.address();
    const socket = new WebSocket(new URL("/ws", address.href.replace("http", "ws")));
    await new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
    const closed = new Promise<number>((resolve) => {
      socket.addEventListener("close", ({ code }) => resolve(code));
    });

    const { code, stderr } = await server.stop(signal);
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(await closed, "1001: going away").toBe(1001);
  });
});

describe("responding", () => {
  let server: ServerProcess;
  let address: URL;

  beforeAll(async () => {
    server = new ServerProcess({});
    address = await server.address();
  });

  afterAll(() => {
    server.kill();
  });

  test.each([
    ["/base.css", "text/css; charset=utf-8"],
    ["/panel.css", "text/css; charset=utf-8"],
    ["/talk.css", "text/css; charset=utf-8"],
    ["/page.js", "text/javascript; charset=utf-8"],
    ["/view.js", "text/javascript; charset=utf-8"],
    ["/topics/index.js", "text/javascript; charset=utf-8"],
    ["/topics/topic.js", "text/javascript; charset=utf-8"],
    ["/outbox.js", "text/javascript; charset=utf-8"],
    ["/memory.js", "text/javascript; charset=utf-8"],
    ["/protocol.js", "text/javascript; charset=utf-8"],
    ["/bun.svg", "image/svg+xml"],
  ])("serves %s as %s", async (path, contentType) => {
    const response = await fetch(new URL(path, address));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(contentType);
  });

  test("lets a page do nothing but what ours does", async () => {
    for (const path of ["/", "/nowhere"]) {
      const { headers } = await fetch(new URL(path, address));
      const policy = headers.get("content-security-policy");
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    }
  });

  test.each([
    "/nowhere",
    "/public/index.html",
    "/../package.json",
    "/main.js",
    "/topics/index.d.ts",
  ])("has no %s", async (path) => {
    const response = await fetch(new URL(path, address));
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("The chat is at /.");
  });
});
