import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { freePort } from "@mantou/testing/free-port";
import { ask, connect } from "@mantou/testing/raw-client";
import { until } from "@mantou/testing/wait";
import { afterAll, describe, expect, it } from "vitest";
import { serverAddress } from "../../src/socket/server-address.ts";
import { runChild } from "../support/child.ts";
import { start } from "../support/servers.ts";

captureErrors();

const folder = mkdtempSync(join(tmpdir(), "mantou-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hello = () => new Response("hello");

/** What listening failed with. */
function failure(options: {
  port?: number;
  hostname?: string;
  unix?: string;
  reusePort?: boolean;
}): NodeJS.ErrnoException {
  try {
    start({ ...options, fetch: hello } as unknown as Parameters<typeof start>[0]);
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error("It listens");
}

describe("a server listens when serve returns", () => {
  it("on a free port, which it tells", async () => {
    const server = start({ fetch: hello });
    expect(server.port).toBeGreaterThan(0);
    expect((await ask(server, "GET /")).text).toBe("hello");
  });

  it("on every address by default, IPv6 and IPv4", async () => {
    const server = start({ hostname: undefined, fetch: hello } as unknown as Parameters<typeof start>[0]);
    expect((await ask({ port: server.port, host: "127.0.0.1" }, "GET /")).text).toBe("hello");
    expect((await ask({ port: server.port, host: "::1" }, "GET /")).text).toBe("hello");
  });

  it.each(["127.0.0.1", "localhost", "0.0.0.0"])("on %s", async (hostname) => {
    const server = start({ hostname, fetch: hello });
    expect(server.hostname).toBe(hostname);
    expect((await ask(server, "GET /")).text).toBe("hello");
  });

  it.each(["::1", "[::1]", "::"])("on %s", async (hostname) => {
    const server = start({ hostname, fetch: hello });
    expect((await ask({ port: server.port, host: "::1" }, "GET /")).text).toBe("hello");
  });

  it("on the port that the environment names", async () => {
    const port = String(await freePort());
    const source = `
      const server = serve({ fetch: () => new Response("child") });
      console.log(server.port, await (await fetch(server.url)).text());
      await server.stop(true);`;
    const { stdout, stderr } = await runChild(source, { BUN_PORT: port, PORT: "1" });
    expect(stderr).toBe("");
    expect(stdout).toBe(`${port} child\n`);
  });
});

describe("a port", () => {
  const [major = 0, minor = 0] = process.versions.uv.split(".").map(Number);
  const sharable = major > 1 || minor >= 49;

  it.runIf(sharable)("is shared by servers that all have reusePort, and by no other", async () => {
    const first = start({ reusePort: true, fetch: () => new Response("first") });
    const port = first.port!;
    start({ port, reusePort: true, fetch: () => new Response("second") });
    expect(failure({ port }).code).toBe("EADDRINUSE");
    const responses = new Set<string>();
    for (let i = 0; i < 200 && responses.size < 2; i++) responses.add((await ask(first, "GET /")).text);
    expect([...responses].sort()).toEqual(["first", "second"]);
  });

  it.runIf(!sharable)(
    "cannot be shared by a Node.js that has no way to: the second server is told",
    async () => {
      const first = start({ reusePort: true, fetch: hello });
      expect((await ask(first, "GET /")).text).toBe("hello");
      expect(failure({ port: first.port!, reusePort: true })).toMatchObject({
        code: "EADDRINUSE",
        message: expect.stringContaining("reusePort, Node.js 22.12"),
      });
    },
  );

  it("leaves IPv4 to others with ipv6Only", async () => {
    const port = await freePort();
    const six = start({ port, hostname: undefined, ipv6Only: true, fetch: hello } as never);
    expect((await ask({ port: six.port, host: "::1" }, "GET /")).text).toBe("hello");
    const four = start({ port, fetch: () => new Response("four") });
    expect((await ask({ port: four.port, host: "127.0.0.1" }, "GET /")).text).toBe("four");
  });
});

describe("the accept queue", () => {
  /** More than `net.Server` lets wait by default, 511. */
  const clients = 700;
  const limit = "/proc/sys/net/core/somaxconn";
  const isLongEnough = existsSync(limit) && Number(readFileSync(limit, "utf8")) >= clients;

  /** The number of connections that another process can open while this one accepts none. */
  function opened(where: object): number {
    const source = `
      const { connect } = require("node:net");
      let opened = 0;
      const tell = () => { console.log(opened); process.exit(); };
      for (let i = 0; i < ${clients}; i++)
        connect(${JSON.stringify(where)}, () => ++opened === ${clients} && tell()).on("error", () => {});
      setTimeout(tell, 5000);`;
    return Number(execFileSync(process.execPath, ["-e", source], { encoding: "utf8" }));
  }

  it.runIf(isLongEnough)("holds as many clients as the system lets wait", () => {
    const { port } = start({ fetch: hello });
    expect(opened({ port, host: "127.0.0.1" })).toBe(clients);
  });

  it.runIf(isLongEnough)("of a Unix socket, too", () => {
    const unix = join(folder, "many.sock");
    start({ unix, fetch: hello });
    expect(opened({ path: unix })).toBe(clients);
  });
});

describe("listening fails at once", () => {
  it("with EADDRINUSE if the port is taken, by us or by others", async () => {
    const first = start({ fetch: hello });
    const error = failure({ port: first.port! });
    expect(error).toMatchObject({ code: "EADDRINUSE", syscall: "listen", port: first.port });
    expect(error.message).toContain(String(first.port));
    const other = net.createServer().listen(0, "127.0.0.1");
    await until(() => other.listening, "listening");
    const { port } = other.address() as net.AddressInfo;
    expect(failure({ port }).code).toBe("EADDRINUSE");
    other.close();
    // The first goes on.
    expect((await ask(first, "GET /")).text).toBe("hello");
  });

  it("with EADDRNOTAVAIL for an address of another machine", () => {
    const { message, ...properties } = failure({ port: 0, hostname: "192.0.2.1" });
    expect(properties).toMatchObject({ code: "EADDRNOTAVAIL", address: "192.0.2.1", port: 0 });
    expect(message).toContain("This machine has no address 192.0.2.1");
  });

  it("with the properties of the errors of net.Server", async () => {
    const other = net.createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as net.AddressInfo;
    const unix = join(folder, "busy.sock");
    start({ unix, fetch: hello });
    for (const [ours, theirs] of [
      [
        { hostname: "127.0.0.1", port },
        { host: "127.0.0.1", port },
      ],
      [
        { hostname: "localhost", port },
        // To net.Server, localhost may be ::1.
        { host: "127.0.0.1", port },
      ],
      [{ unix }, { path: unix }],
    ] as const) {
      const failed = net.createServer().listen(theirs);
      const [error] = (await once(failed, "error")) as [NodeJS.ErrnoException];
      expect({ ...failure(ours) }).toEqual({ ...error });
      expect(error.errno).toBeLessThan(0);
    }
    other.close();
  });

  it("with ENOTFOUND for a name that does not exist", () => {
    const error = failure({ port: 0, hostname: "nobody.invalid" });
    // As those of net.Server, where a resolver answers.
    const properties = {
      code: "ENOTFOUND",
      errno: -3008,
      syscall: "getaddrinfo",
      hostname: "nobody.invalid",
    };
    expect({ ...error }).toEqual(properties);
    expect(error.message).toContain("nobody.invalid");
  });

  it("for a Unix socket that is taken, or whose folder does not exist", () => {
    const unix = join(folder, "taken.sock");
    start({ unix, fetch: hello });
    const error = failure({ unix });
    expect(error.code).toBe("EADDRINUSE");
    expect(error.message).toContain("taken.sock");
    const missing = failure({ unix: join(folder, "no/such/folder.sock") });
    expect(missing).toMatchObject({
      code: "ENOENT",
      message: expect.stringMatching(/directory of .* does not exist/),
    });
    writeFileSync(join(folder, "plain"), "");
    expect(failure({ unix: join(folder, "plain/x.sock") }).code).toBe("ENOTDIR");
    for (const name of ["x".repeat(150), "x".repeat(108 - folder.length - 1), "\u017e".repeat(60)]) {
      const unix = join(folder, name);
      expect(failure({ unix })).toMatchObject({
        code: "ENAMETOOLONG",
        message: expect.stringContaining("too long"),
      });
      expect(readdirSync(folder)).not.toContain(name.slice(0, 107 - folder.length - 1));
    }
    expect(failure({ unix: `\0${"x".repeat(150)}` }).code).toBe("ENAMETOOLONG");
    const longest = join(folder, "x".repeat(107 - folder.length - 1));
    start({ unix: longest, fetch: hello });
    expect(existsSync(longest)).toBe(true);
  });
});

describe("a Unix socket", () => {
  it("serves, without port and hostname, and is removed by stop", async () => {
    const unix = join(folder, "a b.sock");
    const server = start({
      unix,
      fetch: (req, server) => Response.json([new URL(req.url).pathname, server.requestIP(req)]),
    });
    expect(server.port).toBeUndefined();
    expect(server.hostname).toBeUndefined();
    expect(server.url.protocol).toBe("unix:");
    expect(decodeURI(server.url.pathname)).toBe(unix);
    expect((await ask({ path: unix }, "GET /x")).text).toBe('["/x",null]');
    await server.stop(true);
    const late = connect({ path: unix });
    await until(() => late.closed, "refused");
    start({ unix, fetch: hello });
    expect((await ask({ path: unix }, "GET /")).text).toBe("hello");
  });

  it("takes the place of a file that a killed process has left behind, and of no other file", async () => {
    const unix = join(folder, "stale.sock");
    const source = `
      serve({ unix: ${JSON.stringify(unix)}, fetch: () => new Response("child") });
      process.kill(process.pid, "SIGKILL");`;
    await runChild(source);
    expect(existsSync(unix)).toBe(true);
    const server = start({ unix, fetch: hello });
    expect(server.protocol).toBeNull();
    expect((await ask({ path: unix }, "GET /")).text).toBe("hello");
    await server.stop(true);
    expect(existsSync(unix)).toBe(false);
    writeFileSync(unix, "not a socket");
    expect(failure({ unix }).code).toBe("EADDRINUSE");
    expect(readFileSync(unix, "utf8")).toBe("not a socket");
  });

  it.each([
    "a:b",
    "a b",
    "[x",
    "q?x#y",
    "100%",
    "@x",
    "b\\c",
    "\u00fc.sock",
  ])("may be named %s, and its URL says so", async (name) => {
    const unix = join(folder, name);
    const server = start({ unix, fetch: hello });
    expect(decodeURIComponent(server.url.pathname)).toBe(unix);
    expect(server.url.href).toBe(`unix://${server.url.pathname}`);
    expect((await ask({ path: unix }, "GET /")).text).toBe("hello");
  });

  it("has a URL for a relative path and an abstract name, too, whatever signs are in them", () => {
    const bind = { hostname: undefined, port: 0, reusePort: false, ipv6Only: false };
    const urlOf = (unix: string): URL => serverAddress({ ...bind, unix }, false, null).url;
    for (const name of ["my:sock", "a b", "[x", "@x", "q?x#y", "100%", "b\\c", "\u00fc"]) {
      const url = urlOf(name);
      expect([url.protocol, decodeURIComponent(url.host)]).toEqual(["unix:", name]);
      const abstract = urlOf(`\0${name}/b`);
      expect([abstract.protocol, decodeURIComponent(abstract.host), abstract.pathname]).toEqual([
        "abstract:",
        name,
        "/b/",
      ]);
    }
    expect(urlOf("lone \ud800").href).toBe("unix://lone%20%EF%BF%BD");
  });

  it.runIf(process.platform === "linux")("may have an abstract name", async () => {
    const unix = `\0mantou-${process.pid}`;
    const server = start({ unix, fetch: hello });
    expect((await ask({ path: unix }, "GET /")).text).toBe("hello");
    expect(failure({ unix }).code).toBe("EADDRINUSE");
    expect(server.url.href).toBe(`abstract://mantou-${process.pid}/`);
    await server.stop(true);
    start({ unix, fetch: hello });
  });
});
