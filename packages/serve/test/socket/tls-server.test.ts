import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLIENT_RENEG_LIMIT, type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { captureErrors } from "@mantou/testing/errors";
import { connect as connectRaw, type RawClient } from "@mantou/testing/raw-client";
import { cert, key } from "@mantou/testing/tls";
import { turns, until } from "@mantou/testing/wait";
import { afterAll, describe, expect, it } from "vitest";
import type { TLSOptions } from "../../src/api/network.ts";
import type { ServeOptions } from "../../src/api/server.ts";
import { file } from "../../src/fetch/file.ts";
import { authority, client, encryptedKey, one, revocations, revoked, wild } from "../support/authority.ts";
import { runChild } from "../support/child.ts";
import { start, startInternal, TestClock } from "../support/servers.ts";

captureErrors();

const folder = mkdtempSync(join(tmpdir(), "mantou-tls-"));
afterAll(() => rmSync(folder, { recursive: true }));

function saved(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const local: TLSOptions = { key, cert };

/** What a handshake and one request come to: the certificate's name and the response's last line, or an error's code. */
function visit(
  port: number | undefined,
  options: ConnectionOptions = {},
): Promise<[name: string, response: string]> {
  return new Promise((resolve) => {
    let text = "";
    let name = "";
    const socket: TLSSocket = connect({
      port: port!,
      host: "127.0.0.1",
      rejectUnauthorized: false,
      ...options,
    });
    const fail = (error: NodeJS.ErrnoException): void => resolve([name, error.code ?? "closed"]);
    socket.on("secureConnect", () => {
      name = String(socket.getPeerCertificate().subject.CN);
      socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    });
    socket.on("data", (bytes: Buffer) => (text += bytes));
    socket.on("error", fail);
    socket.on("close", () =>
      resolve([name, text === "" ? "closed" : text.slice(text.lastIndexOf("\n") + 1)]),
    );
  });
}

const serveTLS = (tls: ServeOptions["tls"], fetch: ServeOptions["fetch"] = () => new Response("hello")) =>
  start({ tls, fetch } as ServeOptions);

describe("keys and certificates", () => {
  it.each<[string, TLSOptions]>([
    ["text", one],
    ["Buffers", { key: Buffer.from(one.key), cert: Buffer.from(one.cert) }],
    [
      "views",
      {
        key: new Uint8Array(Buffer.from(one.key)),
        cert: new DataView(new Uint8Array(Buffer.from(one.cert)).buffer),
      },
    ],
    ["arrays", { key: [one.key], cert: [one.cert] }],
    ["files", { key: file(saved("one.key", one.key)), cert: [file(saved("one.pem", one.cert))] }],
    ["an encrypted key", { key: encryptedKey, cert: one.cert, passphrase: "steam" }],
    ["lowMemoryMode and ciphers", { ...one, lowMemoryMode: true, ciphers: "HIGH" }],
  ])("may be %s", async (_what, tls) => {
    expect(await visit(serveTLS(tls).port)).toEqual(["one.example", "hello"]);
  });

  it("of a file that is missing say so", () => {
    expect(() => serveTLS({ key: file(join(folder, "none")), cert: one.cert })).toThrow("ENOENT");
  });

  it("with the wrong passphrase, or not belonging together, are refused before anything listens", () => {
    expect(() => serveTLS({ key: encryptedKey, cert: one.cert, passphrase: "water" })).toThrow(Error);
    expect(() => serveTLS({ key: one.key, cert: wild.cert })).toThrow(Error);
  });
});

describe("a client that ends its side behind its requests", () => {
  it("gets all responses, those of later turns of the event loop, too", async () => {
    const { port } = serveTLS(local);
    // The types of Node.js 20 do not know allowHalfOpen here.
    const options: object = { port, host: "127.0.0.1", rejectUnauthorized: false, allowHalfOpen: true };
    const socket = connect(options as ConnectionOptions);
    let text = "";
    socket.on("data", (bytes: Buffer) => (text += bytes));
    await once(socket, "secureConnect");
    socket.end("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(200));
    await once(socket, "close");
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(200);
  });
});

describe("several names (RFC 6066 §3)", () => {
  const three: TLSOptions[] = [
    { ...local, serverName: "localhost" },
    { ...one, serverName: "One.Example." },
    { ...wild, serverName: "*.wild.example" },
  ];

  it.each([
    ["one.example", "one.example"],
    ["ONE.example", "one.example"],
    ["a.wild.example", "wild.example"],
    ["a.b.wild.example", "localhost"],
    ["wild.example", "localhost"],
    ["two.example", "localhost"],
    [undefined, "localhost"],
  ])("a client that asks for %s gets the certificate of %s", async (servername, name) => {
    const { port } = serveTLS(three);
    expect(await visit(port, servername === undefined ? {} : { servername })).toEqual([name, "hello"]);
  });

  it("the later of two entries with one name counts", async () => {
    const { port } = serveTLS([
      local,
      { ...one, servername: "x.example" },
      { ...wild, serverName: "x.example" },
    ]);
    expect(await visit(port, { servername: "x.example" })).toEqual(["wild.example", "hello"]);
  });

  it("each entry needs its key and certificate, and is named if it does not have them", () => {
    expect(() => serveTLS([local, { serverName: "x.example" }])).toThrow("tls[1] needs both key and cert");
    expect(() => serveTLS([])).toThrow(TypeError);
  });
});

describe("certificates of clients", () => {
  const mutual: TLSOptions = { ...one, ca: authority, requestCert: true };
  const who: ServeOptions["fetch"] = (request, server) => {
    const peer = server.peerCertificate(request);
    return new Response(
      peer === null ? "nobody" : `${String(peer.certificate.subject.CN)} ${peer.authorized}`,
    );
  };

  it("are not asked for unless requestCert says so", async () => {
    expect(await visit(serveTLS({ ...one, ca: authority }, who).port, client)).toEqual([
      "one.example",
      "nobody",
    ]);
  });

  it("are verified, and handlers can read them", async () => {
    const { port } = serveTLS(mutual, who);
    expect(await visit(port, client)).toEqual(["one.example", "steamed client true"]);
  });

  it.each([
    ["none", {}],
    ["one that no authority has signed", { key, cert }],
  ])("refuse a client with %s; rejectUnauthorized: false lets it in", async (what, identity) => {
    expect((await visit(serveTLS(mutual, who).port, identity))[1]).toMatch(/^(?:closed|ECONNRESET|ERR_SSL_)/);
    const { port } = serveTLS({ ...mutual, rejectUnauthorized: false }, who);
    expect(await visit(port, identity)).toEqual([
      "one.example",
      what === "none" ? "nobody" : "localhost false",
    ]);
  });

  it("with authorities that are none, or broken, the server does not start: every client would be refused", () => {
    const broken = authority.replace(/\n[A-Za-z0-9+/]{8}/, "\n!!!!!!!!");
    const half = authority.slice(0, authority.length / 2);
    for (const ca of ["", "junk", Buffer.alloc(0), key, [authority, "junk"], [""]]) {
      expect(() => serveTLS({ ...mutual, ca }), String(ca)).toThrow(
        /^tls\.ca (?:must be PEM|has no certificate in PEM)/,
      );
    }
    for (const ca of [broken, half, authority + broken, authority + half]) {
      expect(() => serveTLS({ ...mutual, ca }), ca).toThrow(/PEM|asn1|wrong/i);
    }
    const empty = saved("empty.pem", "");
    expect(() => serveTLS({ ...one, caFile: empty })).toThrow("tls.ca has no certificate in PEM");
    expect(() => serveTLS([{ ...one }, { ...wild, ca: "junk" }])).toThrow("tls[1].ca must be PEM");
    expect(() => serveTLS({ ...one }).reload({ tls: { ...mutual, ca: "junk" } })).toThrow(TypeError);
  });

  it("may be signed by any authority of a bundle with other text in it", async () => {
    const ca = `# Some authority, né ${"\u00fc"}\n${cert}\n\nThe next one\n${authority}\nthe end`;
    expect(await visit(serveTLS({ ...mutual, ca }, who).port, client)).toEqual([
      "one.example",
      "steamed client true",
    ]);
  });

  it("refuse one that has been revoked", async () => {
    const { port } = serveTLS({ ...mutual, crl: revocations }, who);
    expect(await visit(port, client)).toEqual(["one.example", "steamed client true"]);
    expect((await visit(port, revoked))[1]).toMatch(/^(?:closed|ECONNRESET|ERR_SSL_)/);
  });

  it("are null without TLS, and once the connection is closed", async () => {
    let late: unknown = "not asked";
    const server = start({
      fetch(request, self) {
        request.signal.addEventListener("abort", () => (late = self.peerCertificate(request)));
        return new Promise<Response>(() => {});
      },
    });
    const controller = new AbortController();
    const asked = fetch(server.url, { signal: controller.signal }).catch(() => {});
    await until(() => server.pendingRequests === 1, "asked");
    controller.abort();
    await asked;
    await until(() => late === null, "aborted");
  });
});

describe("reload", () => {
  it("changes certificates for new handshakes; open connections go on", async () => {
    const server = serveTLS(local);
    const socket = connect({ port: server.port!, host: "127.0.0.1", rejectUnauthorized: false });
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    server.reload({ tls: [one, { ...wild, serverName: "x.example" }], fetch: () => new Response("again") });
    expect(await visit(server.port)).toEqual(["one.example", "again"]);
    expect(await visit(server.port, { servername: "x.example" })).toEqual(["wild.example", "again"]);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const [response] = await new Promise<[Buffer]>((resolve) =>
      socket.once("data", (bytes) => resolve([bytes])),
    );
    expect(response.toString()).toContain("again");
    socket.destroy();
    server.reload({ fetch: () => new Response("third") });
    expect(await visit(server.port)).toEqual(["one.example", "third"]);
  });

  it("with certificates that are none, or without TLS before, changes nothing", async () => {
    const server = serveTLS(local);
    const other = () => new Response("other");
    expect(() => server.reload({ tls: { key: "no", cert: "no" }, fetch: other })).toThrow(Error);
    expect(() => server.reload({ tls: { key: one.key }, fetch: other })).toThrow("tls needs both");
    expect(await visit(server.port)).toEqual(["localhost", "hello"]);
    const plain = start({ fetch: () => new Response("plain") });
    expect(() => plain.reload({ tls: local, fetch: other })).toThrow(TypeError);
    expect(await (await fetch(plain.url)).text()).toBe("plain");
  });
});

describe("stop", () => {
  const silent = async (server: { port: number | undefined }, count: number): Promise<RawClient[]> => {
    const clients = Array.from({ length: count }, () => connectRaw({ port: server.port }));
    await Promise.all(clients.map((each) => each.connected()));
    // Accepted in order: when one that came later has its response, these have been accepted.
    await visit(server.port);
    return clients;
  };

  it.each([
    ["one name", { ...local }],
    ["several names", [local, { ...one, serverName: "one.example" }]],
  ])("does not wait for silent clients, and closes them: at once, or when their time is up, with %s", async (_what, tls) => {
    for (const all of [true, false]) {
      const server = start({ tls: tls as TLSOptions, idleTimeout: 1, fetch: () => new Response("hello") });
      const clients = await silent(server, 5);
      await server.stop(all);
      await Promise.all(clients.map((each) => each.closedByServer()));
    }
  });

  it.each([
    ["one name", { ...local }],
    ["several names", [local, { ...one, serverName: "one.example" }]],
  ])("waits for handshakes that have begun, and breaks them off if it is to be at once, with %s", async (_what, tls) => {
    const server = serveTLS(tls as ServeOptions["tls"]);
    const [first] = await silent(server, 1);
    first!.write(Buffer.from([22, 3, 1]));
    const socket = connect({ port: server.port!, host: "127.0.0.1", rejectUnauthorized: false });
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
    let stopped = false;
    const stop = server.stop().then(() => (stopped = true));
    await turns();
    expect([stopped, first!.closed]).toEqual([false, false]);
    await server.stop(true);
    await stop;
    await first!.closedByServer();
  });

  it("lets the process end: silent clients of another process keep nothing alive", async () => {
    const source = `
      import net from "node:net";
      import { once } from "node:events";
      const server = serve({ port: 0, hostname: "127.0.0.1", tls: ${JSON.stringify(local)}, fetch: () => new Response("x") });
      const clients = Array.from({ length: 5 }, () => net.connect(server.port, "127.0.0.1"));
      for (const each of clients) each.on("error", () => {});
      await Promise.all(clients.map((each) => once(each, "connect")));
      const last = net.connect(server.port, "127.0.0.1").end("GET / HTTP/1.1\\r\\n\\r\\n").resume();
      await once(last, "close");
      const begun = performance.now();
      process.on("exit", () => console.log(performance.now() - begun < 5000 ? "soon" : "late"));
      await server.stop(true);
      console.log("stopped");`;
    expect(await runChild(source)).toEqual({ code: 0, stdout: "stopped\nsoon\n", stderr: "" });
  });
});

describe("options", () => {
  it.each<[string, unknown, string]>([
    ["requestCert without a key", { requestCert: true }, "tls needs both key and cert"],
    ["ca without a key", { ca: authority }, "tls needs both"],
    ["passphrase without a key", { passphrase: "x" }, "tls needs both"],
    ["serverName without a key", { serverName: "x" }, "tls needs both"],
    ["a certificate without a key", { cert }, "tls needs both"],
    ["a key without a certificate", { key }, "tls needs both"],
    ["pfx", { pfx: Buffer.from("x") }, "tls.pfx is not supported: use key and cert"],
    ["pfx beside a key", { key, cert, pfx: "x" }, "tls.pfx"],
    ["minVersion", { key, cert, minVersion: "TLSv1.3" }, "tls.minVersion"],
    ["names in upper case", { Key: key, Cert: cert }, 'tls has no option "Key"'],
    ["a misspelt option", { key, cert, requestCerts: true }, 'tls has no option "requestCerts"'],
    [
      "a misspelt option of an entry",
      [local, { ...one, serverName: "a", CA: "x" }],
      'tls[1] has no option "CA"',
    ],
    ["requestCert of another type", { key, cert, requestCert: "yes" }, "tls.requestCert must be a boolean"],
    ["that of an entry", [local, { ...one, serverName: "a", requestCert: 1 }], "tls[1].requestCert must be"],
    [
      "rejectUnauthorized of an entry",
      [local, { ...one, serverName: "a", rejectUnauthorized: 0 }],
      "tls[1].rejectUna",
    ],
    ["an entry without a name", [local, one], "tls[1] needs a serverName"],
    ["an entry with an empty name", [local, { ...one, serverName: "" }], "tls[1] needs a serverName"],
    ["empty lists of keys and certificates", { key: [], cert: [] }, "tls needs both key and cert"],
    ["an empty list of keys", { key: [], cert }, "tls needs both key and cert"],
    ["an empty list of certificates", { key, cert: [] }, "tls needs both key and cert"],
    ["an entry that is none", [local, undefined], "tls[1] must be an object"],
    ["a hole", Array.from({ length: 2, 0: local }), "tls[1] must be an object"],
    ["keyFile of another type", { keyFile: 5, certFile: 5 }, "tls.keyFile must be a string"],
    ["key and keyFile", { key, cert, keyFile: "x" }, "tls has both key and keyFile"],
    ["true", true, "tls must be an object"],
    [
      "a number as limit",
      { key, cert, clientRenegotiationLimit: "1" },
      "tls.clientRenegotiationLimit must be a number",
    ],
    [
      "a list of protocols",
      { key, cert, ALPNProtocols: ["h2"] },
      "tls.ALPNProtocols must be a string or bytes",
    ],
  ])("that are none are a TypeError: %s", (_what, tls, message) => {
    const serve = () => serveTLS(tls as ServeOptions["tls"]);
    expect(serve).toThrow(TypeError);
    expect(serve).toThrow(message);
  });

  it.each<[string, unknown]>([
    ["nothing", {}],
    [
      "undefined",
      { key: undefined, cert: undefined, keyFile: undefined, certFile: undefined, requestCert: undefined },
    ],
    ["null", { key: null, cert: null }],
    ["a name that is none, undefined", { pfx: undefined }],
    ["false", false],
  ])("without a value mean no TLS: %s", (_what, tls) => {
    expect(serveTLS(tls as ServeOptions["tls"]).protocol).toBe("http");
  });

  it("without a value are no error", () => {
    const tls = {
      ...one,
      keyFile: undefined,
      caFile: undefined,
      pfx: undefined,
      secureOptions: null,
      servername: "",
    };
    expect(serveTLS(tls as unknown as TLSOptions).protocol).toBe("https");
  });

  it("of an instance count, wherever its properties are", () => {
    class Settings {
      get key(): string {
        return one.key;
      }
    }
    expect(() => serveTLS(new Settings())).toThrow("tls needs both key and cert");
  });

  it("keyFile, certFile and caFile are paths", async () => {
    const tls = {
      keyFile: saved("f.key", one.key),
      certFile: saved("f.pem", one.cert),
      caFile: saved("ca.pem", authority),
      requestCert: true,
    };
    const { port } = serveTLS(tls);
    expect(await visit(port, client)).toEqual(["one.example", "hello"]);
    expect((await visit(port))[1]).toMatch(/^(?:closed|ECONNRESET|ERR_SSL_)/);
    let thrown: unknown;
    try {
      serveTLS({ ...tls, caFile: join(folder, "none") });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "ENOENT", message: expect.stringContaining("tls.caFile") });
  });

  it("a slice of a file is the slice", async () => {
    const path = saved("both.pem", `${one.key}${one.cert}`);
    const tls = { key: file(path).slice(0, one.key.length), cert: file(path).slice(one.key.length) };
    expect(await visit(serveTLS(tls).port)).toEqual(["one.example", "hello"]);
    const half = { key: file(path), cert: file(path).slice(one.key.length, one.key.length + 100) };
    expect(() => serveTLS(half)).toThrow(Error);
  });

  it.each([
    { limit: 0, allowed: 0 },
    // Of Node.js: tls.CLIENT_RENEG_LIMIT in ten minutes.
    { limit: undefined, allowed: CLIENT_RENEG_LIMIT },
  ])("clientRenegotiationLimit: $limit allows $allowed renegotiations; one more closes the connection", async ({
    limit,
    allowed,
  }) => {
    const tls = { ...local, ...(limit === undefined ? {} : { clientRenegotiationLimit: limit }) };
    // Nothing else closes the connection.
    const { port } = start({ tls, idleTimeout: 0, fetch: () => new Response("hello") });
    const socket = connect({
      port: port!,
      host: "127.0.0.1",
      rejectUnauthorized: false,
      maxVersion: "TLSv1.2",
    });
    await once(socket, "secureConnect");
    let closed = false;
    socket.on("error", () => {});
    socket.on("close", () => {
      closed = true;
    });
    for (let done = 0; done < allowed; done++) {
      await new Promise((resolve) => socket.renegotiate({}, resolve));
      expect(await answerOn(socket)).toBe("hello");
    }
    socket.renegotiate({}, () => {});
    await until(() => closed, "the connection is closed");
  });
});

/** The body of the response to one more request on an open connection. */
async function answerOn(socket: TLSSocket): Promise<string> {
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return bytes.toString().split("\r\n\r\n")[1]!;
}

it("speaks HTTP/1.1 alone: a client that wants only h2 is refused (RFC 7301 §3.2)", async () => {
  const { port } = serveTLS(local);
  expect(await visit(port, { ALPNProtocols: ["h2", "http/1.1"] })).toEqual(["localhost", "hello"]);
  expect((await visit(port, { ALPNProtocols: ["h2"] }))[1]).toMatch(/^ERR_SSL_/);
});

it("a client that reads one large response slowly gets all of it", async () => {
  const clock = new TestClock();
  const size = 40 * 1024 * 1024;
  const server = startInternal({ tls: local, fetch: () => new Response(Buffer.alloc(size)) }, clock);
  const socket = connect({ port: server.port!, host: "127.0.0.1", rejectUnauthorized: false });
  let received = 0;
  socket.on("data", (bytes: Buffer) => {
    received += bytes.length;
  });
  socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  for (let read = 8; received < size; read += 8) {
    const target = Math.min(read * 1024 * 1024, size);
    socket.resume();
    await until(() => received >= target || socket.closed, "read");
    expect(received).toBeGreaterThanOrEqual(target);
    socket.pause();
    await turns(20);
    // One look at the progress each time: those come as often as `idleTimeout` says.
    clock.pass(11);
  }
  socket.destroy();
});
