import { describe, expect, it } from "vitest";
import { ClientHarness, response } from "../support/client-harness.ts";

const code = (name: string) => expect.objectContaining({ code: name });
const OK = response();

describe("RFC 9110, the rules for a client", () => {
  it("§4.2 a client MUST NOT send a target with an empty host or with userinfo", () => {
    for (const target of ["http:///", "https:///", "http://:80/", "http://u@a/", "https://u:p@a/"]) {
      expect(() => new ClientHarness().send("GET", target)).toThrow();
    }
  });

  it("§5.1 fields that are not known SHOULD be ignored: they are passed on as they are", () => {
    const client = new ClientHarness().send();
    expect(client.receive(response({ fields: "New-Field: 1\r\n" }))).toHaveLength(3);
    expect(client.head!.fields.get("new-field")).toBe("1");
  });

  it("§6.2 a client MUST NOT send a version to which it does not conform", () => {
    const client = new ClientHarness().send();
    client.receive(response({ minor: 9 }));
    client.send();
    expect(client.written().match(/HTTP\/[^\r]*/g)).toEqual(["HTTP/1.1", "HTTP/1.1"]);
  });

  it("§6.5.1 a field that MUST NOT be sent as a trailer is refused as one, in a response too", () => {
    const head = "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
    for (const name of ["Content-Length", "Connection", "Set-Cookie", "WWW-Authenticate"]) {
      expect(() => new ClientHarness().send().receive(`${head}${name}: 1\r\n\r\n`)).toThrow(
        code("TRAILER_FORBIDDEN"),
      );
    }
    const client = new ClientHarness().send();
    expect(client.receive(`${head}Server-Timing: a\r\n\r\n`)[1]).toEqual(["end", "Server-Timing", "a"]);
  });

  it("§7.8 a sender of Upgrade MUST send it as a connection option too", () => {
    expect(() => new ClientHarness().send("GET", "/", ["Upgrade", "x"])).toThrow();
  });

  it("§7.5 a client that gets a response SHOULD continue to send its request", () => {
    const client = new ClientHarness().start(2);
    expect(client.receive(OK)).toHaveLength(3);
    client.connection.write("ab");
    client.connection.end();
    expect(client.written()).toMatch(/\r\n\r\nab$/);
    client.send();
  });

  it("§7.8 a switch to a protocol that was not offered is refused", () => {
    const text = "HTTP/1.1 101 \r\nConnection: upgrade\r\nUpgrade: y\r\n\r\n";
    const offer = ["Connection", "upgrade", "Upgrade", "x"];
    expect(() => new ClientHarness().send("GET", "/", offer).receive(text)).toThrow(
      code("UPGRADE_UNEXPECTED"),
    );
  });

  it("§9.3.8 a client MUST NOT send content in a TRACE request", () => {
    expect(() => new ClientHarness().start(1, [], "TRACE")).toThrow();
  });

  it("§10.1.1 a client MUST NOT expect 100-continue without content", () => {
    expect(() => new ClientHarness().send("GET", "/", ["Expect", "100-continue"])).toThrow();
  });

  it("§10.1.1 a client that waits for 100 MUST have sent the expectation", () => {
    expect(new ClientHarness().start(1).connection.waitingFor).toBe("request-content");
    const client = new ClientHarness().start(1, ["Expect", "100-continue"]);
    expect([client.connection.waitingFor, client.written()]).toEqual([
      "continue",
      expect.stringContaining("Expect: 100-continue\r\n"),
    ]);
  });

  it("§10.1.1 a client that waits for 100 need not wait without a bound, and a final response ends the wait", () => {
    const client = new ClientHarness().start(1, ["Expect", "100-continue"]);
    expect(client.connection.waitingFor).toBe("continue");
    client.connection.write("x");
    client.connection.end();
    const refused = new ClientHarness().start(1, ["Expect", "100-continue"]);
    refused.receive(response({ status: 417 }));
    expect(refused.connection.waitingFor).not.toBe("continue");
  });

  it("§15 a client MUST take an unknown status for x00 of its class: it is passed on as it is", () => {
    const client = new ClientHarness().send();
    expect(client.receive(response({ status: 471 }))[0]).toEqual(["response", 471]);
  });

  it("§15.2 a client MUST be able to parse interim responses, even unexpected ones", () => {
    const client = new ClientHarness().send();
    expect(client.receive(`HTTP/1.1 100 \r\n\r\nHTTP/1.1 142 \r\n\r\n${OK}`).slice(0, 2)).toEqual([
      ["interim", 100],
      ["interim", 142],
    ]);
  });
});
