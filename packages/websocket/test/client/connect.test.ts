import { mkdtempSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { cert, key } from "@mantou/testing/tls";
import { describe, expect, it, vi } from "vitest";
import { WebSocket, type WebSocketOptions } from "../../src/client/index.ts";
import { afterTest, type RawPeer, rawPair, rawServer, record, until } from "./support.ts";

/** Opens a client to a server of the given kind, and returns the server's view. */
async function meet(
  to: Parameters<typeof rawPair>[1],
  options: WebSocketOptions,
  change: (url: string) => string = (url) => url,
): Promise<{ peer: RawPeer; host: string | undefined; client: WebSocket }> {
  let client: WebSocket | null = null;
  const peer = await rawPair((url) => {
    client = new WebSocket(change(url), options);
    record(client);
  }, to);
  const request = await peer.request;
  await peer.accept();
  await until(() => client!.readyState === WebSocket.OPEN, "open");
  return { peer, host: /^Host: (.*)\r$/m.exec(request)?.[1], client: client! };
}

/** The error of a client that cannot connect. */
async function failure(
  url: string,
  options: WebSocketOptions = {},
): Promise<{ code?: string; message: string }> {
  const { errors, events, closed } = record(new WebSocket(url, options));
  await closed;
  expect(events).toEqual(["error", 'close 1006 "" unclean']);
  return errors[0] as Error;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "mantou websocket-"));
  afterTest(() => rmSync(path, { recursive: true }));
  return path;
}

const serverNameOf = ({ socket }: RawPeer): unknown =>
  (socket as TLSSocket & { servername?: unknown }).servername;

describe("TCP", () => {
  it("goes to IPv4, IPv6 and names, with the port in Host", async () => {
    const port = (url: string): string => new URL(url).port;
    for (const [host, name] of [
      ["127.0.0.1", "127.0.0.1"],
      ["::1", "[::1]"],
      ["127.0.0.1", "localhost"],
    ] as const) {
      const met = await meet({ host }, {}, (url) => url.replace(/\/\/.*:/, `//${name}:`));
      expect(met.host).toBe(`${name}:${port(met.client.url)}`);
    }
  });

  it("does not delay small frames", async () => {
    const setNoDelay = vi.spyOn(Socket.prototype, "setNoDelay");
    try {
      await meet({}, {});
      expect(setNoDelay).toHaveBeenCalledWith(true);
    } finally {
      setNoDelay.mockRestore();
    }
  });

  it("reports the system's error when no server listens, for each address of a name", async () => {
    const peer = await rawPair((url) => record(new WebSocket(url)));
    peer.socket.destroy();
    expect(await failure("ws://127.0.0.1:1/")).toMatchObject({ code: "ECONNREFUSED" });
    const error = await failure("ws://localhost:1/");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("reports that a name is unknown", async () => {
    expect(await failure("ws://nowhere.invalid/")).toMatchObject({
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
    });
  });
});

describe("Unix sockets", () => {
  it("are found by their path, which may have spaces, and get localhost as Host", async () => {
    const path = join(folder(), "a.sock");
    const { host, peer, client } = await meet({ path }, {}, (url) => `${url}:/chat?room=1`);
    expect(host).toBe("localhost");
    expect(await peer.request).toMatch(/^GET \/chat\?room=1 HTTP\/1\.1\r\n/);
    expect(client.url).toBe(`ws+unix:${path.replace(" ", "%20")}:/chat?room=1`);
  });

  it("can speak TLS", async () => {
    const path = join(folder(), "a.sock");
    await meet({ path, tls: { key, cert } }, { tls: { ca: cert } }, (url) => `${url}:/`);
  });

  it("report the system's error when there is no socket", async () => {
    expect(await failure(`ws+unix:${join(folder(), "none")}`)).toMatchObject({ code: "ENOENT" });
  });
});

describe("TLS", () => {
  const tls = { key, cert, ALPNProtocols: ["h2", "http/1.1"] };

  it("sends the URL's name and HTTP/1.1", async () => {
    const { peer } = await meet({ tls }, { tls: { ca: cert } }, (url) =>
      url.replace("127.0.0.1", "localhost"),
    );
    expect(serverNameOf(peer)).toBe("localhost");
    expect((peer.socket as TLSSocket).alpnProtocol).toBe("http/1.1");
  });

  it("sends no name for an address (RFC 6066 §3), but checks that the certificate is for it", async () => {
    const { peer } = await meet({ tls }, { tls: { ca: cert } });
    expect(serverNameOf(peer)).toBe(false);
  });

  it("sends another name in Node.js's and in Bun's spelling", async () => {
    for (const option of [{ servername: "a.localhost" }, { serverName: "a.localhost" }]) {
      const { peer } = await meet({ tls }, { tls: { ...option, rejectUnauthorized: false } });
      expect(serverNameOf(peer)).toBe("a.localhost");
    }
  });

  it("refuses a certificate without a known authority, unless rejectUnauthorized is false", async () => {
    let url = "";
    await rawPair(
      (made) => {
        url = made;
        record(new WebSocket(made, { tls: { rejectUnauthorized: false } }));
      },
      { tls },
    );
    expect(await failure(url)).toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(await failure(url, { tls: { ca: cert, servername: "example.org" } })).toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  it("lets the application refuse a certificate, with any truthy result or by throwing", async () => {
    const requests: string[] = [];
    const url = await rawServer(
      (peer) => {
        peer.request.then(
          (head) => requests.push(head),
          () => {},
        );
      },
      { tls },
    );
    const refusal = new Error("not this one");
    const refused = "checkServerIdentity refused the certificate";
    for (const [check, message] of [
      [() => refusal, refusal.message],
      [() => "no", refused],
      [() => true, refused],
      [async () => undefined, refused],
      [
        () => {
          throw refusal;
        },
        refusal.message,
      ],
      [
        () => {
          throw "no";
        },
        refused,
      ],
    ] as const) {
      const checkServerIdentity = check as () => Error;
      expect((await failure(url, { tls: { ca: cert, checkServerIdentity } })).message).toBe(message);
    }
    expect(requests).toEqual([]);
  });

  it("checks the name if the application's check is undefined or null, and takes its word if it is there", async () => {
    const none = { ca: cert, servername: "example.org" };
    const url = await rawServer((peer) => void peer.accept(), { tls });
    for (const checkServerIdentity of [undefined, null]) {
      const options = { ...none, checkServerIdentity } as WebSocketOptions["tls"];
      expect(await failure(url, { tls: options })).toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    }
    for (const result of [undefined, null, false, 0, ""]) {
      const checkServerIdentity = (() => result) as () => undefined;
      const client = new WebSocket(url, { tls: { ...none, checkServerIdentity } });
      record(client);
      await until(() => client.readyState === WebSocket.OPEN, "open");
    }
    const rejecting = { ca: cert, rejectUnauthorized: false, checkServerIdentity: () => new Error("no") };
    const client = new WebSocket(url, { tls: rejecting });
    record(client);
    await until(() => client.readyState === WebSocket.OPEN, "open");
    expect(() => new WebSocket(url, { tls: { checkServerIdentity: 5 as never } })).toThrow(TypeError);
  });

  it("is not spoken by a plain server, and that is a failure", async () => {
    const url = await rawServer((peer) => peer.socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const error = await failure(url.replace("ws:", "wss:"), { tls: { rejectUnauthorized: false } });
    expect(error.code).toMatch(/^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/);
  });

  it("throws at once for options that cannot be used", () => {
    expect(
      () => new WebSocket("wss://127.0.0.1:1/", { tls: { ca: "no certificate", cert: "none" } }),
    ).toThrow();
  });
});
