import { Fields } from "@mantou/http1";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SocketAddress } from "../../src/api/network.ts";
import type { ProxyOptions } from "../../src/api/proxy.ts";
import { resolveTrustProxy } from "../../src/options/proxy-options.ts";
import { type Forwarded, TrustedProxies } from "../../src/proxy/trusted-proxies.ts";
import { runs } from "../support/runs.ts";

const peer = (address: string): SocketAddress => ({
  address,
  port: 50_000,
  family: address.includes(":") ? "IPv6" : "IPv4",
});

function read(
  trust: ProxyOptions["trustProxy"],
  from: string | null,
  fields: readonly string[],
  host = "inner:3000",
): Forwarded | null | "invalid" {
  const text = fields.map((field) => `${field}\r\n`).join("");
  const trusted = new TrustedProxies(resolveTrustProxy(trust)!);
  return trusted.read(new Fields(text, 0, text.length), from === null ? null : peer(from), host);
}

/** The client's address, the scheme and the host. */
function told(
  trust: ProxyOptions["trustProxy"],
  from: string | null,
  ...fields: string[]
): [client: string | null, secure: boolean | null, host: string | null] | null | "invalid" {
  const forwarded = read(trust, from, fields);
  if (forwarded === null || forwarded === "invalid") return forwarded;
  return [forwarded.client?.address ?? null, forwarded.secure, forwarded.host];
}

let warnings: unknown[][] = [];
beforeEach(() => {
  warnings = [];
  vi.spyOn(console, "warn").mockImplementation((...text) => void warnings.push(text));
});
afterEach(() => vi.restoreAllMocks());

describe("the client is the last address on the way that is not a trusted proxy's", () => {
  const POOL = [
    "10.0.0.1",
    "10.9.9.9",
    "192.0.2.1",
    "198.51.100.7",
    "2001:db8::5",
    "fd00::1",
    "unknown",
    "_x",
    "junk!",
  ];
  const isTrusted = (node: string): boolean => node.startsWith("10.") || node.startsWith("fd");
  const isAddress = (node: string): boolean => /^[0-9a-f.:]+$/.test(node);

  /** The path as a person would walk it, from the server on. */
  function walk(
    nodes: readonly string[],
    from: string,
    passes: (node: string, index: number) => boolean,
  ): string | null {
    const way = [from, ...nodes.toReversed()];
    for (const [i, node] of way.entries())
      if (!passes(node, i) || i === way.length - 1) return isAddress(node) ? node : null;
    return null;
  }

  const nodes = fc.array(fc.constantFrom(...POOL), { minLength: 1, maxLength: 6 });
  const asForwarded = (list: readonly string[]): string =>
    `Forwarded: ${list.map((node) => `for="${node.includes(":") ? `[${node}]` : node}"`).join(", ")}`;
  const forms = [asForwarded, (list: readonly string[]) => `X-Forwarded-For: ${list.join(", ")}`];

  it("with a list of addresses", () => {
    fc.assert(
      fc.property(
        nodes,
        fc.constantFrom(...POOL.filter(isAddress)),
        fc.constantFrom(...forms),
        (list, from, form) => {
          const got = told(["10.0.0.0/8", "fc00::/7"], from, form(list));
          if (!isTrusted(from)) expect(got).toBeNull();
          else expect(got).toEqual([walk(list, from, isTrusted), null, null]);
        },
      ),
      runs(2_000),
    );
  });

  it("with a number of proxies", () => {
    fc.assert(
      fc.property(nodes, fc.integer({ min: 1, max: 8 }), fc.constantFrom(...forms), (list, hops, form) => {
        expect(told(hops, "203.0.113.9", form(list))).toEqual([
          walk(list, "203.0.113.9", (_, i) => i < hops),
          null,
          null,
        ]);
      }),
      runs(2_000),
    );
  });

  it("is not changed by what a client writes before it", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'1.:,[]" _a;=\\'), maxLength: 30 }), (text) => {
        const client = text.trim();
        for (const trust of [1, "10.0.0.0/8"]) {
          expect(told(trust, "10.0.0.1", `X-Forwarded-For: ${client}, 192.0.2.1`)).toEqual([
            "192.0.2.1",
            null,
            null,
          ]);
          // Or the whole field means nothing.
          const got = told(trust, "10.0.0.1", `Forwarded: ${client}, for=192.0.2.1`);
          if (got !== "invalid") expect(got).toEqual(["192.0.2.1", null, null]);
        }
      }),
      runs(2_000),
    );
  });

  it("is looked for in all lines of a field", () => {
    expect(told(2, "10.0.0.1", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 10.0.0.2")?.[0]).toBe(
      "192.0.2.1",
    );
    expect(told(2, "10.0.0.1", "Forwarded: for=192.0.2.1", "Forwarded: for=10.0.0.2")?.[0]).toBe("192.0.2.1");
  });

  it("has its port, if it is told", () => {
    expect(read(1, "10.0.0.1", ["X-Forwarded-For: 192.0.2.1:1234"])).toMatchObject({
      client: { port: 1234 },
    });
    expect(read(1, "10.0.0.1", ["X-Forwarded-For: 192.0.2.1"])).toMatchObject({
      client: { address: "192.0.2.1", port: 0, family: "IPv4" },
    });
  });
});

describe("the peer", () => {
  it.each([
    ["10.1.2.3", "10.0.0.0/8"],
    ["10.1.2.3", "10.1.2.3"],
    ["::ffff:10.1.2.3", "10.0.0.0/8"],
    ["10.1.2.3", "::ffff:10.0.0.0/104"],
    ["2001:db8::1", "2001:DB8:0::/32"],
    ["127.0.0.1", "loopback"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["172.31.0.1", "private"],
    ["fd12::1", "private"],
    ["fe80::1%eth0", "fe80::/10"],
    ["192.0.2.1", "0.0.0.0/0"],
    ["192.0.2.1", "::/0"],
    [null, "unix"],
  ])("%s is one of %s", (from, list) => {
    expect(told([list, "203.0.113.0/30"], from, "X-Forwarded-Proto: https")).toEqual([from, true, null]);
  });

  it.each([
    ["11.0.0.0", "10.0.0.0/8"],
    ["2001:db9::1", "2001:db8::/32"],
    ["172.32.0.1", "private"],
    ["128.0.0.1", "loopback"],
    ["2001:db8::1", "0.0.0.0/0"],
    [null, "loopback"],
    ["127.0.0.1", "unix"],
  ])("%s is none of %s, and is not believed", (from, list) => {
    expect(
      told([list], from, "X-Forwarded-For: 192.0.2.9", 'Forwarded: for="', "X-Forwarded-Host: evil"),
    ).toBeNull();
  });

  it("that is the client itself stays so without fields", () => {
    expect(told(1, "192.0.2.1")).toBeNull();
    expect(told(1, "192.0.2.1", "Forwarded: , ,")).toBeNull();
    expect(told(1, "192.0.2.1", "Forwarded: proto=https")).toEqual(["192.0.2.1", true, null]);
  });
});

describe("scheme and host are those that the proxy of the client tells", () => {
  it.each<[fields: string[], secure: boolean | null, host: string | null]>([
    [["Forwarded: for=1.2.3.4;proto=https;host=example.com"], true, "example.com"],
    [['Forwarded: for=1.2.3.4;proto=HTTP;host="example.com:8080"'], false, "example.com:8080"],
    [["Forwarded: for=evil;proto=http;host=evil, for=1.2.3.4;proto=https;host=a"], true, "a"],
    [["Forwarded: for=1.2.3.4"], null, null],
    [["X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "X-Forwarded-Host: a"], true, "a"],
    [["X-Forwarded-Proto: http, https", "X-Forwarded-Host: evil, a"], true, "a"],
    [["X-Forwarded-Proto: wss"], true, null],
    [["X-Forwarded-Proto: ws"], false, null],
    [["X-Forwarded-Host: a", "X-Forwarded-Port: 8443"], null, "a:8443"],
    [["X-Forwarded-Host: a:1", "X-Forwarded-Port: 8443"], null, "a:1"],
    [["X-Forwarded-Host: [2001:db8::1]", "X-Forwarded-Port: 8443"], null, "[2001:db8::1]:8443"],
    [["X-Forwarded-Port: 8443"], null, "inner:3000"],
  ])("%j", (fields, secure, host) => {
    const forwarded = told(1, "10.0.0.1", ...fields);
    expect(forwarded?.slice(1)).toEqual([secure, host]);
  });

  it("also if it is not the nearest one", () => {
    const way = "Forwarded: for=1.2.3.4;proto=https;host=a, for=10.0.0.2;proto=http;host=inner";
    expect(told("10.0.0.0/8", "10.0.0.1", way)).toEqual(["1.2.3.4", true, "a"]);
    expect(told(1, "10.0.0.1", way)).toEqual(["10.0.0.2", false, "inner"]);
    const lists = ["X-Forwarded-For: 9.9.9.9, 1.2.3.4, 10.0.0.2", "X-Forwarded-Proto: http, https, http"];
    expect(told("10.0.0.0/8", "10.0.0.1", ...lists)).toEqual(["1.2.3.4", true, null]);
    // The inner proxy has passed on what the outer one has told.
    expect(told(2, "10.0.0.1", lists[0]!, "X-Forwarded-Proto: https")).toEqual(["1.2.3.4", true, null]);
  });

  it.each([
    "a@b",
    "a/b",
    "a?b",
    "a#b",
    "a\\b",
    "a b",
    "http://a",
    "a:b",
    "a:99999",
    ":80",
    "[::1",
    "[fe80::1%25eth0]",
    "%zz",
    "1.2.3.999",
    "\u00e9",
    '"a"',
  ])("and a host that no request could have is left out: %s", (host) => {
    expect(told(1, "10.0.0.1", `X-Forwarded-Host: ${host}`)).toEqual(["10.0.0.1", null, null]);
  });

  it.each([
    "javascript",
    "file",
    "http:",
    "constructor",
    "https://a",
    "ftp",
  ])("and a scheme of another kind is: %s", (scheme) => {
    expect(told(1, "10.0.0.1", `X-Forwarded-Proto: ${scheme}`)).toEqual(["10.0.0.1", null, null]);
  });

  it.each(["0", "65536", "-1", "1e3", "080", "x", "4 4"])("and so is a port: %s", (port) => {
    expect(told(1, "10.0.0.1", "X-Forwarded-Host: a", `X-Forwarded-Port: ${port}`)).toEqual([
      "10.0.0.1",
      null,
      "a",
    ]);
  });

  it("and whatever they are, nothing of them becomes another part of a URL", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a1.:@/?#[]\\%2 f-_,"), maxLength: 20 }), (text) => {
        const got = told(1, "10.0.0.1", `X-Forwarded-Host: ${text.trim()}`);
        const host = got?.[2] as string | null | undefined;
        if (host == null) return;
        const url = new URL(`http://${host}/path?query`);
        expect([url.pathname, url.search, url.username, url.password]).toEqual(["/path", "?query", "", ""]);
      }),
      runs(2_000),
    );
  });
});

describe("fields of both kinds", () => {
  it("are believed if they say the same", () => {
    expect(
      told(
        1,
        "10.0.0.1",
        "Forwarded: for=1.2.3.4;proto=https",
        "X-Forwarded-For: 1.2.3.4",
        "X-Forwarded-Proto: https",
      ),
    ).toEqual(["1.2.3.4", true, null]);
    expect(
      told(
        1,
        "10.0.0.1",
        "Forwarded: for=1.2.3.4;proto=https;host=Example.com",
        "X-Forwarded-For: 1.2.3.4",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: example.com",
        "X-Forwarded-Port: 443",
      ),
    ).toEqual(["1.2.3.4", true, "Example.com"]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["Forwarded: for=1.2.3.4", "X-Forwarded-For: 1.2.3.5"],
    ["Forwarded: for=1.2.3.4;host=evil", "X-Forwarded-For: 1.2.3.4"],
    ["Forwarded: for=1.2.3.4", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: evil"],
    ["Forwarded: for=1.2.3.4;proto=https", "X-Forwarded-For: 1.2.3.4"],
    ["Forwarded: for=unknown", "X-Forwarded-For: 1.2.3.4"],
  ])("are invalid if not, and the first one advises: %s, %s", (...fields) => {
    expect(told(1, "10.0.0.1", ...fields.filter((field) => field !== undefined))).toBe("invalid");
    expect(warnings).toEqual([[expect.stringContaining("fields:")]]);
  });

  it("do not matter if the option names one of them", () => {
    const fields = ["Forwarded: for=1.1.1.1;proto=https", "X-Forwarded-For: 2.2.2.2"];
    expect(told({ from: 1, fields: "forwarded" }, "10.0.0.1", ...fields)).toEqual(["1.1.1.1", true, null]);
    expect(told({ from: 1, fields: "x-forwarded" }, "10.0.0.1", ...fields)).toEqual(["2.2.2.2", null, null]);
    expect(told({ from: 1, fields: "x-forwarded" }, "10.0.0.1", 'Forwarded: "')).toBeNull();
  });

  it("are invalid if Forwarded is malformed", () => {
    expect(told(1, "10.0.0.1", 'Forwarded: for=", for=1.2.3.4')).toBe("invalid");
  });
});
