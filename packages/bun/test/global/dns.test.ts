import { describe, expect, it } from "vitest";
import { dns } from "../../src/global/dns.ts";

describe("Bun.dns", () => {
  it("looks addresses up, in the form of Bun's", async () => {
    expect(await dns.lookup("127.0.0.1", { port: 80, socketType: "udp", backend: "c-ares" })).toEqual([
      { address: "127.0.0.1", family: 4, ttl: 0 },
    ]);
    expect(await dns.lookup("::1", { family: "IPv6" })).toEqual([{ address: "::1", family: 6, ttl: 0 }]);
    expect(await dns.lookup("localhost", { family: 4 })).toContainEqual({
      address: "127.0.0.1",
      family: 4,
      ttl: 0,
    });
    // A name that no resolver is asked for: a label has 63 characters at most.
    await expect(dns.lookup(`${"x".repeat(64)}.invalid`)).rejects.toMatchObject({ name: "DNSException" });
  });

  it("names what is wrong", async () => {
    expect(() => dns.lookup(5 as never)).toThrow("hostname must be a string");
    expect(() => dns.lookup("")).toThrow("Expected hostname to be a non-empty string for 'lookup'.");
    expect(() => dns.lookup("h", { family: 5 as never })).toThrow("InvalidFamily");
    expect(() => dns.lookup("h", { port: 70_000 })).toThrow(RangeError);
    expect(() => dns.prefetch("h", -1)).toThrow(RangeError);
    expect(dns.prefetch("localhost")).toBe(undefined);
    expect(Object.values(dns.getCacheStats())).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
