import { SQL } from "@mantou/bun";
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
});
