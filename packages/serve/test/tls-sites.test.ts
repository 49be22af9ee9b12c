import { Duplex } from "node:stream";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { captureErrors } from "@mantou/testing/errors";
import { connect as connectRaw, RawClient } from "@mantou/testing/raw-client";
import { cert, key } from "@mantou/testing/tls";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { TLSOptions } from "../src/api/network.ts";
import type { ServeOptions, Server } from "../src/api/server.ts";
import {
  authority,
  client,
  type Identity,
  one,
  secondAuthority,
  secondClient,
  wild,
} from "./support/authority.ts";
import { some } from "./support/runs.ts";
import { start } from "./support/servers.ts";

captureErrors();

const REFUSED = "refused";
const demands = { requestCert: true, rejectUnauthorized: true };

/** A public name, which is also for all others; two names of one authority each; and one that lets clients of any kind in. */
const SITES: TLSOptions[] = [
  { key, cert },
  { ...one, serverName: "admin.example", ca: authority, ...demands },
  { ...wild, serverName: "*.wild.example", ca: secondAuthority, ...demands },
  { ...one, serverName: "asks.example", ca: authority, requestCert: true, rejectUnauthorized: false },
];

const who: ServeOptions["fetch"] = (request, server) => {
  const peer = server.peerCertificate(request);
  return new Response(peer === null ? "nobody" : `${String(peer.certificate.subject.CN)} ${peer.authorized}`);
};

const serveSites = (tls: TLSOptions[] = SITES): Server => start({ tls, fetch: who } as ServeOptions);

interface Visit {
  readonly response: string;
  /** A session that the server has given, for the next visit. */
  readonly session: Buffer | undefined;
  readonly reused: boolean;
}

/** One connection and one request. `response` is `refused`, the status if it is not 200, or the body. */
function visit(server: Server, options: ConnectionOptions, host = options.servername ?? "a"): Promise<Visit> {
  return new Promise((resolve) => {
    let text = "";
    let session: Buffer | undefined;
    let reused = false;
    const socket: TLSSocket = connect({
      port: server.port!,
      host: "127.0.0.1",
      rejectUnauthorized: false,
      ...options,
    });
    socket.on("session", (given: Buffer) => (session = given));
    socket.on("secureConnect", () => {
      reused = socket.isSessionReused();
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    socket.on("data", (bytes: Buffer) => (text += bytes));
    socket.on("error", () => {});
    socket.on("close", () => {
      const [head = "", content = ""] = text.split("\r\n\r\n");
      const status = head.slice(9, 12);
      resolve({ response: text === "" ? REFUSED : status === "200" ? content : status, session, reused });
    });
  });
}

const NAMES = [
  "admin.example",
  "ADMIN.example",
  "a.wild.example",
  "asks.example",
  "public.example",
  undefined,
];
const siteOf = (name = "public.example"): string => name.toLowerCase();
const CLIENTS: [string, Partial<Identity>][] = [
  ["nothing", {}],
  ["the first authority's certificate", client],
  ["the second authority's certificate", secondClient],
  ["one that no authority has signed", { key, cert }],
];

/** What is right, by name and client. */
function expected(name: string | undefined, identity: Partial<Identity>): string {
  const isFirst = identity === client;
  const isSecond = identity === secondClient;
  switch (name?.toLowerCase()) {
    case "admin.example":
      return isFirst ? "steamed client true" : REFUSED;
    case "a.wild.example":
      return isSecond ? "second client true" : REFUSED;
    case "asks.example":
      return isFirst
        ? "steamed client true"
        : isSecond
          ? "second client false"
          : identity.cert === undefined
            ? "nobody"
            : "localhost false";
    default:
      return "nobody";
  }
}

describe.each(["TLSv1.2", "TLSv1.3"] as const)("with %s", (maxVersion) => {
  const version = { minVersion: maxVersion, maxVersion } as const;
  const named = (servername: string | undefined) => (servername === undefined ? {} : { servername });

  describe.each(CLIENTS)("a client that has %s", (_what, identity) => {
    it.each(NAMES)("and asks for %s gets what that name demands", async (name) => {
      const server = serveSites();
      const { response } = await visit(server, { ...version, ...named(name), ...identity });
      expect(response).toBe(expected(name, identity));
    });

    it("gets no more by a session that another name has given it, or the same name", async () => {
      const server = serveSites();
      for (const from of some(NAMES)) {
        const first = await visit(server, { ...version, ...named(from), ...client });
        const second = await visit(server, { ...version, ...named(from), ...secondClient });
        const third = await visit(server, { ...version, ...named(from) });
        for (const { session } of [first, second, third]) {
          if (session === undefined) continue;
          for (const to of NAMES) {
            const { response, reused } = await visit(server, {
              ...version,
              ...named(to),
              ...identity,
              session,
            });
            // A session stands for the client that has got it, under the name that it was got under.
            const sessions = [first, second, third];
            const holder = [client, secondClient, {}][
              sessions.findIndex((each) => each.session === session)
            ]!;
            expect([from, to, response]).toEqual([from, to, expected(to, reused ? holder : identity)]);
            if (reused) expect(siteOf(from)).toBe(siteOf(to));
          }
        }
      }
    }, 120_000);
  });

  it.each([
    "public.example",
    "admin.example",
    "asks.example",
    undefined,
  ])("a client of %s that comes back resumes its session, again and again, also behind a reload, until its entry has changed", async (name) => {
    const server = serveSites();
    const options = { ...version, ...named(name), ...client };
    let { session } = await visit(server, options);
    for (let i = 0; i < 3; i++) {
      const again = await visit(server, { ...options, session });
      expect([again.reused, again.response]).toEqual([true, expected(name, client)]);
      // With TLS 1.2 a ticket stays good, and there may be no new one.
      session = again.session ?? session;
    }
    const reload = (tls: TLSOptions[]) =>
      server.reload({ tls, fetch: who } as Parameters<Server["reload"]>[0]);
    reload(SITES.map((site) => ({ ...site })));
    const behind = await visit(server, { ...options, session });
    expect([behind.reused, behind.response]).toEqual([true, expected(name, client)]);
    session = behind.session ?? session;
    // The same certificates and requirements, with other ciphers.
    reload(SITES.map((site) => ({ ...site, ciphers: "HIGH" })));
    const changed = await visit(server, { ...options, session });
    expect([changed.reused, changed.response]).toEqual([false, expected(name, client)]);
  });

  it("a session does not outlive a reload where the authorities are those of Node.js, which may have changed", async () => {
    const tls = [{ key, cert, requestCert: true, rejectUnauthorized: false }];
    const server = serveSites(tls);
    const { session } = await visit(server, { ...version, ...client });
    expect((await visit(server, { ...version, ...client, session })).reused).toBe(true);
    server.reload({ tls, fetch: who } as never);
    expect((await visit(server, { ...version, ...client, session })).reused).toBe(false);
  });

  it.each([
    ["public.example", "admin.example", "421"],
    ["public.example", "Admin.Example.:443", "421"],
    ["public.example", "a.wild.example:1234", "421"],
    ["public.example", "asks.example", "421"],
    ["public.example", "admin.example:99999", "421"],
    ["public.example", "other.example:99999", "nobody"],
    [undefined, "admin.example", "421"],
    ["asks.example", "admin.example", "421"],
    ["public.example", "other.example", "nobody"],
    ["asks.example", "other.example", "nobody"],
  ])("a connection for %s is not one for %s (RFC 9110 §15.5.20)", async (name, host, response) => {
    const server = serveSites();
    expect((await visit(server, { ...version, ...named(name) }, host)).response).toBe(response);
  });

  it("an entry's name may be written with any letters", async () => {
    const demanding = { ...one, serverName: "*.Žluť.example", ca: authority, ...demands };
    const server = serveSites([{ key, cert }, demanding]);
    const name = "a.xn--lu-yta1h.example";
    expect((await visit(server, { ...version, ...named(name) })).response).toBe(REFUSED);
    expect((await visit(server, { ...version, ...named(name), ...client })).response).toBe(
      "steamed client true",
    );
    expect((await visit(server, { ...version, ...named("other.example") }, name)).response).toBe("421");
  });

  it("a target in absolute-form neither", async () => {
    const server = serveSites();
    const socket = connect({ port: server.port!, host: "127.0.0.1", rejectUnauthorized: false, ...version });
    const raw = new RawClient(socket);
    socket.write(
      "GET https://admin.example/ HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    );
    await until(() => socket.closed, "closed");
    expect(raw.received.toString().match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 421", "HTTP/1.1 200"]);
  });

  it("the first entry's demands are for all names that have no entry", async () => {
    const server = serveSites([
      { ...one, ca: authority, ...demands },
      { key, cert, serverName: "public.example" },
    ]);
    const ask = async (name: string | undefined, host?: string) =>
      (await visit(server, { ...version, ...named(name) }, host)).response;
    expect(await ask("public.example")).toBe("nobody");
    expect(await ask(undefined)).toBe(REFUSED);
    expect(await ask("any.example")).toBe(REFUSED);
    expect(await ask("public.example", "any.example")).toBe("421");
  });

  it("an array of one entry demands what it says", async () => {
    const server = serveSites([{ ...one, ca: authority, ...demands }]);
    expect((await visit(server, version)).response).toBe(REFUSED);
    expect((await visit(server, { ...version, ...client })).response).toBe("steamed client true");
  });

  it("reload changes what is demanded of new handshakes, and sessions do not outlive it", async () => {
    const server = serveSites([{ key, cert }]);
    const before = await visit(server, { ...version, ...client });
    expect(before.response).toBe("nobody");
    server.reload({ tls: { ...one, ca: authority, ...demands }, fetch: who } as never);
    expect((await visit(server, { ...version, session: before.session })).response).toBe(REFUSED);
    const known = await visit(server, { ...version, ...client });
    expect(known.response).toBe("steamed client true");
    server.reload({ tls: { ...one, ca: secondAuthority, ...demands }, fetch: who } as never);
    expect((await visit(server, { ...version, ...client, session: known.session })).response).toBe(REFUSED);
    expect((await visit(server, { ...version, ...secondClient })).response).toBe("second client true");
    server.reload({ tls: { key, cert }, fetch: who } as never);
    expect((await visit(server, version)).response).toBe("nobody");
  });
});

it("each name has its own ciphers", async () => {
  const cipherOf = (server: Server, servername?: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({
        port: server.port!,
        host: "127.0.0.1",
        rejectUnauthorized: false,
        maxVersion: "TLSv1.2",
        ...(servername === undefined ? {} : { servername }),
      });
      socket.on("error", reject);
      socket.on("secureConnect", () => {
        resolve(socket.getCipher().name);
        socket.destroy();
      });
    });
  const server = serveSites([
    { key, cert, ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" },
    { ...one, serverName: "one.example", ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" },
  ]);
  expect(await cipherOf(server)).toBe("ECDHE-ECDSA-AES128-GCM-SHA256");
  expect(await cipherOf(server, "one.example")).toBe("ECDHE-ECDSA-AES256-GCM-SHA384");
});

it("a hello that comes in pieces is understood; what is none is refused, and a silent end is noticed", async () => {
  const server = serveSites();
  const wire = connectRaw({ port: server.port });
  let hello: Buffer | undefined;
  const pieces = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      if (hello === undefined) {
        hello = chunk;
        wire.write(chunk.subarray(0, 3));
        setImmediate(() => wire.write(chunk.subarray(3, 100)));
        setTimeout(() => wire.write(chunk.subarray(100)), 20);
      } else wire.write(chunk);
      done();
    },
  });
  wire.socket.on("data", (bytes: Buffer) => pieces.push(bytes));
  const socket = connect({ socket: pieces, servername: "public.example", rejectUnauthorized: false });
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  expect(socket.getPeerCertificate().subject.CN).toBe("localhost");
  const plain = connectRaw({ port: server.port }).write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await plain.closedByServer();
  expect(plain.received.toString()).not.toContain("HTTP");
  connectRaw({ port: server.port }).end();
  connectRaw({ port: server.port }).write(hello!.subarray(0, 50)).end();
  socket.destroy();
  wire.destroy();
  await server.stop();
});
