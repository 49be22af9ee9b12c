import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { format, inspect } from "node:util";
import Bun, { SQL } from "@mantou/bun";
import { afterEach, describe, expect, it, vi } from "vitest";
import { urlOf } from "../../src/sql/connection-url.ts";
import { postgresSettings } from "../../src/sql/postgres/settings.ts";
import { openSocket } from "../../src/sql/postgres/socket.ts";

const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
  all!.some(({ address }) => address === "::1"),
);

describe("the connection URL of SQL", () => {
  it.each([
    ["file:///tmp/a%20b.db", "/tmp/a b.db"],
    ["sqlite:///tmp/a%20b.db?mode=ro", "/tmp/a%20b.db"],
    ["sqlite://:memory:", ":memory:"],
    ["file:a.db?mode=rwc", "a.db"],
  ])("%s has the file %s", (url, filename) => {
    expect(new SQL(url).options["filename"]).toBe(filename);
  });

  it.skipIf(!hasIPv6)("may have an address of IPv6", async () => {
    const server = createServer().listen(0, "::1");
    await once(server, "listening");
    const text = `postgres://u@[::1]:${(server.address() as AddressInfo).port}/d`;
    const settings = postgresSettings({}, urlOf(text, null));
    const socket = await openSocket(settings, new AbortController().signal);
    expect(socket.remoteAddress).toBe("::1");
    socket.destroy();
    server.close();
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

describe("a variable of the environment", () => {
  const P = "postgres://u:p@db/x";
  const M = "mysql://u:q@h:7/d";
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    // Beside a URL of the options only its name counts.
    [{ TLS_POSTGRES_DATABASE_URL: P }, [{ url: P }], 2, "db"],
    [{ TLS_POSTGRES_DATABASE_URL: P }, [{ url: "other:5/y" }], 2, "other"],
    [{ TLS_POSTGRES_DATABASE_URL: P }, [undefined, { url: P }], 2, "db"],
    [{ TLS_POSTGRES_DATABASE_URL: P }, [{ url: P, tls: false }], 0, "db"],
    [{ TLS_POSTGRES_DATABASE_URL: P }, [{ url: `${P}?sslmode=prefer` }], 1, "db"],
    [{ TLS_POSTGRES_DATABASE_URL: P }, [{ url: "" }], 2, "db"],
    [{ TLS_POSTGRES_DATABASE_URL: P }, [P], 0, "db"],
    [{ TLS_DATABASE_URL: P, DATABASE_URL: P }, [{ url: P }], 0, "db"],
    [{ TLS_DATABASE_URL: P, DATABASE_URL: M }, [{ url: P, adapter: "postgres" }], 0, "db"],
    [{ TLS_DATABASE_URL: P, DATABASE_URL: "sqlite://a" }, [{ url: P }], 2, "db"],
    [{ TLS_DATABASE_URL: "sqlite://a" }, [{ url: P }], 2, "db"],
    [{ TLS_MYSQL_DATABASE_URL: M }, [{ url: P }], 2, "db"],
    [{ TLS_MYSQL_DATABASE_URL: M }, [{ url: P, adapter: "postgres" }], 0, "db"],
    [{ POSTGRES_URL: P, TLS_POSTGRES_DATABASE_URL: P }, [{ url: P }], 0, "db"],
    [{ SQLITE_URL: "a.db" }, [{ url: "h:5/d" }], 0, "h"],
    // Of a URL of another adapter the mode counts.
    [{ DATABASE_URL: `${M}?sslmode=verify-full` }, [{ adapter: "postgres" }], 4, "localhost"],
    [{ DATABASE_URL: `${M}?ssl=true` }, [{ adapter: "postgres", hostname: "pg" }], 2, "pg"],
    [{ TLS_DATABASE_URL: M }, [{ adapter: "postgres" }], 2, "localhost"],
    [{ TLS_DATABASE_URL: `${M}?tls=prefer` }, [{ adapter: "postgres" }], 1, "localhost"],
    [{ DATABASE_URL: `${M}?sslmode=verify-full` }, [{ adapter: "postgres", tls: false }], 0, "localhost"],
    [
      { DATABASE_URL: `${M}?sslmode=require`, PGSSLMODE: "prefer" },
      [{ adapter: "postgres" }],
      2,
      "localhost",
    ],
    [{ DATABASE_URL: `${M}?sslmode=zz` }, [{ adapter: "postgres" }], 0, "localhost"],
    [{ DATABASE_URL: `${M}?sslmode=verify-full`, POSTGRES_URL: P }, [{ adapter: "postgres" }], 0, "db"],
    [{ DATABASE_URL: `${M}?sslmode=verify-full` }, [{ adapter: "postgres", url: P }], 0, "db"],
    [{ DATABASE_URL: "sqlite://h?sslmode=require" }, [{ adapter: "postgres" }], 0, "localhost"],
  ] as const)("%j with the arguments %j asks for the mode %d", (variables, given, mode, hostname) => {
    vi.stubEnv("PGHOST", "");
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const { options } = new SQL(...(given as unknown as [string]));
    expect([options["sslMode"], options["hostname"]]).toEqual([mode, hostname]);
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
