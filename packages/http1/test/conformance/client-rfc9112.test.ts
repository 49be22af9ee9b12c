import { describe, expect, it } from "vitest";
import { ClientHarness, response } from "../support/client-harness.ts";

const code = (name: string) => expect.objectContaining({ code: name });
const OK = response();

describe("RFC 9112, the rules for a client or a recipient of responses", () => {
  it("§2.2 a bare CR in a response MUST be considered invalid", () => {
    expect(() => new ClientHarness().send().receive("HTTP/1.1 200 a\rb\r\n\r\n")).toThrow(
      code("STATUS_LINE_INVALID"),
    );
    expect(() => new ClientHarness().send().receive("HTTP/1.1 200 \r\nX: a\rb\r\n\r\n")).toThrow(
      code("FIELD_VALUE_INVALID"),
    );
  });

  it("§2.2 whitespace before the first field of a response: the message MUST be rejected or the line ignored", () => {
    expect(() => new ClientHarness().send().receive("HTTP/1.1 200 \r\n X: a\r\n\r\n")).toThrow(
      code("FIELD_FOLDED"),
    );
  });

  it("§2.2 a sender MUST NOT generate a bare CR, nor whitespace before the first field", () => {
    for (const field of [
      ["X", "a\rb"],
      [" X", "a"],
    ]) {
      expect(() => new ClientHarness().send("GET", "/", field)).toThrow();
    }
  });

  it("§2.2 a client MUST NOT precede or follow a request with an extra CRLF", () => {
    const client = new ClientHarness().send("POST").send();
    expect(client.written()).toBe(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    );
  });

  it("§3.2 a client MUST send Host in every request, once, and equal to the target's authority", () => {
    const client = new ClientHarness();
    const send = (target: string, fields: string[]) => () =>
      client.connection.request({ method: "GET", target, fields }, null);
    expect(send("/", [])).toThrow();
    expect(send("/", ["Host", "a", "Host", "a"])).toThrow();
    expect(send("http://b/", ["Host", "a"])).toThrow();
    send("http://b/", ["Host", "b"])();
    send("/", ["Host", ""])();
    expect(client.written()).toContain("\r\nHost: \r\n");
  });

  it("§3.2 no whitespace is in the target that is sent", () => {
    expect(() => new ClientHarness().send("GET", "/a b")).toThrow();
  });

  it("§3.2.3 a client MUST send only host and port as the target of CONNECT", () => {
    for (const target of ["/", "a", "http://a:1/", "u@a:1"]) {
      expect(() => new ClientHarness().send("CONNECT", target)).toThrow();
    }
    new ClientHarness().send("CONNECT", "a:1");
  });

  it("§3.2.4 a client MUST send only an asterisk for a server-wide OPTIONS", () => {
    expect(new ClientHarness().send("OPTIONS", "*").written()).toMatch(/^OPTIONS \* HTTP/);
    expect(() => new ClientHarness().send("GET", "*")).toThrow();
  });

  it("§4 the reason phrase means nothing, and may be empty", () => {
    const client = new ClientHarness().send();
    client.receive("HTTP/1.1 200 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    expect(client.head!.status).toBe(200);
    client.send().receive("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n");
    expect(client.head!.reason).toBe("");
  });

  it("§5.2 obs-fold in a response is refused, where a user agent MUST replace it; it cannot be sent", () => {
    expect(() => new ClientHarness().send().receive("HTTP/1.1 200 \r\nX: a\r\n b\r\n\r\n")).toThrow(
      code("FIELD_FOLDED"),
    );
    expect(() => new ClientHarness().send("GET", "/", ["X", "a\r\n b"])).toThrow();
  });

  it("§6.1 a client MUST NOT send chunked unless it knows that the server handles HTTP/1.1", () => {
    const client = new ClientHarness().send();
    client.receive(response({ minor: 0, fields: "Connection: keep-alive\r\n" }));
    expect(() => client.start()).toThrow();
  });

  it("§6.1 a sender MUST NOT choose Transfer-Encoding by hand, nor beside Content-Length (§6.2)", () => {
    expect(() => new ClientHarness().send("GET", "/", ["Transfer-Encoding", "chunked"])).toThrow();
    expect(new ClientHarness().start().written()).not.toMatch(/content-length/i);
  });

  it("§6.1 Transfer-Encoding in an HTTP/1.0 response MUST be treated as faulty framing", () => {
    expect(() =>
      new ClientHarness().send().receive("HTTP/1.0 200 \r\nTransfer-Encoding: chunked\r\n\r\n"),
    ).toThrow(code("TRANSFER_ENCODING_HTTP_1_0"));
  });

  it("§6.3 (1) responses to HEAD, 1xx, 204 and 304 end with their head, for the client too", () => {
    const client = new ClientHarness().send("HEAD").send();
    expect(client.receive(`HTTP/1.1 200 \r\nContent-Length: 9\r\n\r\n${OK}`)).toHaveLength(5);
  });

  it("§6.3 (2) a client MUST ignore framing fields in a 2xx to CONNECT", () => {
    const client = new ClientHarness().send("CONNECT", "a:1");
    client.receive("HTTP/1.1 200 \r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc");
    expect(client.connection.takeRemaining().toString()).toBe("abc");
  });

  it("§6.3 (3) a response with Transfer-Encoding and Content-Length ought to be handled as an error", () => {
    expect(() =>
      new ClientHarness()
        .send()
        .receive("HTTP/1.1 200 \r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ).toThrow(code("TRANSFER_ENCODING_WITH_LENGTH"));
  });

  it("§6.3 (4) a response in which chunked is not the final coding is read until the connection closes", () => {
    const client = new ClientHarness().send();
    client.receive("HTTP/1.1 200 \r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n");
    expect(client.end()).toEqual([["end"]]);
    expect(client.connection.persistent).toBe(false);
  });

  it("§6.3 (5) a user agent MUST close the connection and discard a response with an invalid Content-Length", () => {
    for (const length of ["", "a", "-1", "1,2"]) {
      const client = new ClientHarness().send();
      expect(() => client.receive(`HTTP/1.1 200 \r\nContent-Length: ${length}\r\n\r\nx`)).toThrow(
        code("CONTENT_LENGTH_INVALID"),
      );
      expect(client.connection.waitingFor).toBe("nothing");
    }
  });

  it("§6.3 (8) a response without framing is delimited by the end of the connection, for the client too", () => {
    const client = new ClientHarness().send();
    expect(client.receive("HTTP/1.1 200 \r\n\r\nx")).toEqual([
      ["response", 200],
      ["data", "x"],
    ]);
    expect(client.end()).toEqual([["end"]]);
  });

  it("§6.3 bytes behind the last response MUST NOT be processed as another one", () => {
    const client = new ClientHarness().send();
    expect(client.receive(OK)).toHaveLength(3);
    expect(() => client.receive(OK)).toThrow(code("RESPONSE_UNEXPECTED"));
    const last = new ClientHarness().send("GET", "/", ["Connection", "close"]);
    expect([...last.receive(OK + OK), ...last.next()]).toHaveLength(3);
  });

  it("§6.3 a client SHOULD send Content-Length rather than chunked if it knows the length", () => {
    const client = new ClientHarness();
    client.connection.request({ method: "PUT", target: "/", fields: ["Host", "a"] }, "abc");
    expect(client.written()).toContain("Content-Length: 3\r\n");
    expect(new ClientHarness().start(3).written()).toContain("Content-Length: 3\r\n");
  });

  it("§7.1 the chunked response MUST be parsed, large sizes anticipated, extensions ignored (§7.1.1)", () => {
    const head = "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(new ClientHarness().send().receive(`${head}1;a=b\r\nx\r\n0\r\n\r\n`)).toEqual([
      ["response", 200],
      ["data", "x"],
      ["end"],
    ]);
    expect(() => new ClientHarness().send().receive(`${head}fffffffffffffffff\r\n`)).toThrow(
      code("CHUNK_SIZE_TOO_LARGE"),
    );
  });

  it("§7.4 a client MUST NOT name chunked in TE, and MUST send TE as a connection option", () => {
    expect(() => new ClientHarness().send("GET", "/", ["Connection", "TE", "TE", "chunked"])).toThrow();
    expect(() => new ClientHarness().send("GET", "/", ["TE", "trailers"])).toThrow();
    new ClientHarness().send("GET", "/", ["Connection", "TE", "TE", "trailers"]);
  });

  it("§8 a client MUST record an incomplete response as such", () => {
    for (const part of ["", "HTTP/1.1", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\na"]) {
      const client = new ClientHarness().send();
      client.receive(part);
      expect(() => client.end()).toThrow(code("PREMATURE_END"));
    }
    const chunked = new ClientHarness().send();
    chunked.receive("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n");
    expect(() => chunked.end()).toThrow(code("PREMATURE_END"));
  });

  it("§9.2 a client MUST match responses to its requests in order", () => {
    const client = new ClientHarness().send("GET", "/1").send("GET", "/2");
    const targets = [OK, OK].map((text) => {
      client.receive(text);
      return client.head!.request.target;
    });
    expect(targets).toEqual(["/1", "/2"]);
  });

  it("§9.2 bytes without an outstanding request MUST NOT be considered a response", () => {
    const client = new ClientHarness();
    expect(() => client.receive(OK)).toThrow(code("RESPONSE_UNEXPECTED"));
    expect(client.connection.waitingFor).toBe("nothing");
  });

  it("§9.3 a client that does not support persistent connections MUST send close in every request", () => {
    const client = new ClientHarness();
    client.connection.doNotPersist();
    expect(client.send().written()).toContain("\r\nConnection: close\r\n");
    expect(() => client.send()).toThrow();
  });

  it("§9.5 a client whose content is not wanted SHOULD cease sending it and close", () => {
    const client = new ClientHarness().start(9);
    client.receive(response({ status: 413, fields: "Connection: close\r\n" }));
    client.connection.abandon();
    expect(() => client.connection.write("x")).toThrow();
    expect([client.connection.persistent, client.connection.waitingFor]).toEqual([false, "nothing"]);
  });

  it("§9.8 a response with its length or its last chunk SHOULD be treated as completed, whatever becomes of the connection", () => {
    for (const text of [OK, "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]) {
      expect(new ClientHarness().send().receive(text).at(-1)).toEqual(["end"]);
    }
  });

  it("§9.3 a client MUST NOT send another request once either side has sent close", () => {
    const sent = new ClientHarness().send("GET", "/", ["Connection", "close"]);
    const received = new ClientHarness().send();
    received.receive(response({ fields: "Connection: close\r\n" }));
    for (const client of [sent, received]) expect(() => client.send()).toThrow();
  });

  it("§9.6 a client that sends close MUST NOT send further requests, and reads the last response", () => {
    const client = new ClientHarness().send("GET", "/", ["Connection", "close"]);
    expect(client.receive(OK)).toHaveLength(3);
    expect(client.connection.waitingFor).toBe("nothing");
  });

  it("§11.1 a request cannot be made to hold another one", () => {
    const evil = "/\r\nHost: b\r\n\r\nGET /smuggled";
    expect(() => new ClientHarness().send("GET", evil)).toThrow();
    expect(() => new ClientHarness().send(`GET ${evil}`)).toThrow();
    expect(() => new ClientHarness().send("GET", "/", ["X", evil])).toThrow();
  });
});
