import { format, inspect } from "node:util";
import Bun, { SQL } from "@mantou/bun";
import { describe, expect, it } from "vitest";

describe("the connection URL of SQL", () => {
  it.each([
    ["file:///tmp/a%20b.db", "/tmp/a b.db"],
    ["sqlite:///tmp/a%20b.db?mode=ro", "/tmp/a%20b.db"],
    ["sqlite://:memory:", ":memory:"],
    ["file:a.db?mode=rwc", "a.db"],
  ])("%s has the file %s", (url, filename) => {
    expect(new SQL(url).options["filename"]).toBe(filename);
  });

  it("is not shown when it is wrong", () => {
    const wrong = "postgres://ada:secret%zz@h/d";
    expect(() => new SQL(wrong)).toThrow(new URIError("The connection URL has an invalid escape"));
    expect(() => new SQL("postgres://h/d?sslmode=constructor")).toThrow("argument 'sslmode'");
    for (const [options, name] of [
      [{ max: 0 }, "max"],
      [{ port: "zz" }, "port"],
      [{ idleTimeout: -1 }, "idle_timeout"],
      [{ onclose: 5 as never }, "onclose"],
    ] as const)
      expect(() => new SQL("postgres://ada:secret@h/d", options)).toThrow(name);
  });

  it("shows no secret in prints of the options and of the client, as a client of PostgreSQL", () => {
    const tls = { key: "SECRET key", passphrase: "SECRET phrase", cert: "certificate" };
    for (const sql of [
      new SQL("postgres://ada:SECRET@h/d?sslpassword=SECRET"),
      new SQL("postgres://h/d", { password: () => "SECRET", tls: { ...tls, key: [tls.key] } }),
      new SQL("postgres://h/d", { password: "SECRET", tls }),
    ]) {
      for (const print of [inspect, Bun.inspect, (value: unknown) => format("%o %O", value, value)]) {
        for (const printed of [print(sql.options), print({ options: sql.options }), print(sql)]) {
          expect(printed).not.toContain("SECRET");
          expect(printed).not.toContain("password: [Function");
        }
      }
      expect(inspect(sql.options)).toContain("[REDACTED]");
    }
    const { options } = new SQL("postgres://ada:SECRET@h/d", { tls });
    expect([options["password"], (options["tls"] as typeof tls).key]).toEqual(["SECRET", tls.key]);
    expect(inspect(options)).toContain("certificate");
    expect(inspect(new SQL("postgres://ada@h/d").options)).toContain("password: ''");
  });
});

describe("the mode of TLS", () => {
  it.each([
    ["sslrootcert=/a", {}, 4, { caFile: "/a" }],
    ["sslrootcert=system", {}, 4, { rejectUnauthorized: true }],
    ["sslrootcert=", {}, 0, undefined],
    ["sslmode=verify-ca&sslrootcert=/a", {}, 3, { caFile: "/a" }],
    ["sslmode=prefer&sslcert=/b&sslkey=/c", {}, 2, { certFile: "/b", keyFile: "/c" }],
    ["sslpassword=p", {}, 2, { passphrase: "p" }],
    ["sslrootcert=/a", { tls: { caFile: "/z" } }, 4, { caFile: "/z" }],
    ["sslrootcert=/a", { tls: false }, 0, undefined],
    ["sslrootcert=/a", { tls: "disable" }, 0, undefined],
    ["sslrootcert=/a", { tls: "require" }, 4, { caFile: "/a" }],
    ["sslcert=/a", { tls: "prefer" }, 1, { certFile: "/a" }],
    [
      "sslrootcert=/a",
      { ssl: { rejectUnauthorized: false } },
      2,
      { caFile: "/a", rejectUnauthorized: false },
    ],
    ["sslmode=verify-ca", { tls: { ca: "x" } }, 3, { ca: "x" }],
  ] as const)("of ?%s with the options %j is %d", (query, given, mode, tls) => {
    const { options } = new SQL(`postgres://h/d?${query}`, given);
    expect(options["sslMode"]).toBe(mode);
    expect(options["tls"]).toEqual(tls && { ...tls, serverName: "h" });
  });
});
