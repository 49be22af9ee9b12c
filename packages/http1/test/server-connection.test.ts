import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { ProtocolError, UsageError } from "../src/errors.ts";
import { ServerConnection } from "../src/server-connection.ts";
import { Harness, pending, request } from "./support/harness.ts";
import { Recorder } from "./support/recorder.ts";

const OK = { status: 200 };
const post = (length: number, target = "/"): string =>
  request({ method: "POST", target, fields: `Content-Length: ${length}\r\n` });

describe("requests, one at a time", () => {
  it("nothing is read behind one whose response is due", () => {
    const server = new Harness();
    const pipelined = `${request({ target: "/1" })}${post(2, "/2")}hi${request({ target: "/3" })}`;
    expect(server.receive(pipelined)).toEqual([["request", "/1"], ["end"]]);
    expect(server.next()).toEqual([]);
    expect(server.connection.unreadBytes).toBe(pipelined.length - request({ target: "/1" }).length);
    server.connection.respond(OK, "1");
    expect(server.next()).toEqual([["request", "/2"], ["data", "hi"], ["end"]]);
    server.connection.respond(OK, "2");
    expect(server.next()).toEqual([["request", "/3"], ["end"]]);
    expect(server.connection.unreadBytes).toBe(0);
  });

  it("an idle connection holds none of the memory in which it received the last content", () => {
    const connection = new ServerConnection(new Recorder());
    connection.receive(Buffer.from(post(5)));
    connection.next();
    const memory = Buffer.from("hello");
    connection.receive(memory);
    const data = connection.next();
    if (data?.type !== "data") throw new Error(`This is no content: ${data?.type}`);
    expect(data.bytes.buffer).toBe(memory.buffer);
    expect(connection.next()?.type).toBe("end");
    expect(data.bytes.buffer).not.toBe(memory.buffer);
    expect(data.bytes).toHaveLength(0);
  });

  it("the end of input waits for its turn", () => {
    const server = new Harness();
    server.receive(request({ target: "/1" }) + request({ target: "/2" }));
    expect(server.end()).toEqual([]);
    server.connection.respond(OK, null);
    expect(server.next()).toEqual([["request", "/2"], ["end"]]);
    server.connection.respond(OK, null);
    expect(server.next()).toEqual([["closed"]]);
    expect(server.next()).toEqual([]);
  });

  it("half a request behind one whose response is due is an error only when its turn comes", () => {
    const server = new Harness();
    server.receive(`${request({ target: "/1" })}GET /2`);
    expect(server.end()).toEqual([]);
    server.connection.respond(OK, "still sent");
    expect(server.written()).toContain("still sent");
    expect(() => server.next()).toThrow(expect.objectContaining({ code: "PREMATURE_END" }));
  });

  it("a response before the content does not stop the content", () => {
    const server = new Harness();
    server.receive(post(4));
    server.connection.respond(OK, null);
    expect(server.receive(`body${request({ target: "/2" })}`)).toEqual([
      ["data", "body"],
      ["end"],
      ["request", "/2"],
      ["end"],
    ]);
  });

  it("the content can be read behind the last response, and the bytes behind the content cannot", () => {
    for (const cut of [0, 2, 4]) {
      const server = new Harness();
      const text = `body${request({ target: "/2" })}`;
      const head = request({ method: "POST", fields: "Connection: close\r\nContent-Length: 4\r\n" });
      server.connection.receive(Buffer.from(head + text.slice(0, cut)));
      expect(server.connection.next()).toMatchObject({ type: "request" });
      server.connection.respond(OK, null);
      expect(server.connection.waitingFor).toBe("nothing");
      const seen = [...server.next(), ...server.receive(text.slice(cut)), ...server.end()];
      const data = seen.flatMap(([type, piece]) => (type === "data" ? [piece] : []));
      expect(data.join("")).toBe("body");
      expect(seen.filter(([type]) => type !== "data")).toEqual([["end"]]);
    }
  });

  it("nothing is received once the connection is closed", () => {
    const server = pending({ fields: "Connection: close\r\n" });
    server.connection.respond(OK, null);
    expect(server.receive(request())).toEqual([]);
    expect(server.connection.unreadBytes).toBe(0);
    expect(server.end()).toEqual([]);
    expect(() => server.connection.respond(OK, null)).toThrow(UsageError);
  });

  it("nothing is received behind the end of input", () => {
    const server = new Harness();
    expect(server.end()).toEqual([["closed"]]);
    expect(server.receive(request())).toEqual([]);
    expect(server.connection.requestState).toBe("closed");
  });
});

describe("a request that is refused", () => {
  it("gets one response, and then the connection is over", () => {
    const server = new Harness();
    expect(() => server.receive("GET / HTTP/3.0\r\n\r\n")).toThrow(ProtocolError);
    server.connection.respond({ status: 505 }, "no");
    expect(server.written()).toBe(
      "HTTP/1.1 505 HTTP Version Not Supported\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
    );
    expect(() => server.connection.respond({ status: 505 }, "no")).toThrow(UsageError);
    expect(server.written()).toBe("");
  });

  it("may get a streamed response", () => {
    const server = new Harness();
    expect(() => server.receive("GET\r\n\r\n")).toThrow(ProtocolError);
    server.connection.start({ status: 400 });
    server.connection.write("no");
    server.connection.end();
    expect(server.written()).toContain(
      "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
    );
    expect(server.connection.responseState).toBe("closed");
  });

  it("is refused again each time, and nothing is received any more", () => {
    const server = new Harness();
    expect(() => server.receive("GET\r\n\r\n")).toThrow("(RFC 9112 §3)");
    expect(() => server.next()).toThrow("(RFC 9112 §3)");
    expect(() => server.receive(request())).toThrow("(RFC 9112 §3)");
    expect(server.connection.unreadBytes).toBe(0);
  });

  it("gets a response by its own head, not by the one before it", () => {
    // HEAD would have no content, and HTTP/1.0 no chunks.
    const before = request({ method: "HEAD", minor: 0, fields: "Connection: keep-alive\r\n" });
    const server = new Harness();
    server.receive(before);
    server.connection.respond(OK, "x");
    server.written();
    expect(() => server.receive("?\r\n\r\n")).toThrow(ProtocolError);
    server.connection.start({ status: 400 });
    server.connection.write("why");
    server.connection.end();
    expect(server.written()).toContain("Transfer-Encoding: chunked\r\n\r\n3\r\nwhy\r\n0\r\n\r\n");
  });

  it("in its content, gets the response that is due", () => {
    const server = new Harness();
    expect(server.receive(request({ fields: "Transfer-Encoding: chunked\r\n" }))).toEqual([["request", "/"]]);
    expect(() => server.receive("x")).toThrow(expect.objectContaining({ code: "CHUNK_SIZE_INVALID" }));
    server.connection.respond({ status: 400 }, null);
    expect(server.written()).toContain("400 Bad Request\r\nConnection: close\r\n");
  });

  it("in its content, with its response begun, lets that end", () => {
    const server = pending({ fields: "Transfer-Encoding: chunked\r\n" });
    server.connection.start(OK);
    server.written();
    expect(() => server.receive("x")).toThrow(ProtocolError);
    expect(() => server.connection.respond({ status: 400 }, null)).toThrow(UsageError);
    server.connection.write("rest");
    server.connection.end();
    expect(server.written()).toBe("4\r\nrest\r\n0\r\n\r\n");
    expect(server.connection.responseState).toBe("closed");
  });

  it("in its content, with its response complete, gets no second one", () => {
    const server = pending({ fields: "Transfer-Encoding: chunked\r\n" });
    server.connection.respond(OK, null);
    server.written();
    expect(() => server.receive("x")).toThrow(ProtocolError);
    expect(server.connection.responseState).toBe("closed");
    expect(() => server.connection.respond({ status: 400 }, null)).toThrow(UsageError);
    expect(server.written()).toBe("");
  });

  it("cannot be upgraded", () => {
    const server = pending({ fields: "Connection: upgrade\r\nUpgrade: x\r\nTransfer-Encoding: chunked\r\n" });
    expect(() => server.receive("x")).toThrow(ProtocolError);
    expect(() => server.connection.upgrade(["Connection", "upgrade", "Upgrade", "x"])).toThrow(UsageError);
  });
});

describe("upgrade", () => {
  const offer = { fields: "Connection: Upgrade\r\nUpgrade: x/1\r\n" };
  const accept = ["Connection", "Upgrade", "Upgrade", "x/1"];

  it("sends 101 and passes on the bytes behind the request", () => {
    const server = new Harness();
    expect(server.receive(`${request(offer)}\x00GET / HTTP/1.1\r\n\r\n`)).toEqual([
      ["request", "/"],
      ["end"],
    ]);
    expect(server.head!.upgrade).toBe("x/1");
    server.connection.upgrade(accept);
    expect(server.written()).toBe(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x/1\r\n\r\n",
    );
    expect(server.connection.takeRemaining().toString("latin1")).toBe("\x00GET / HTTP/1.1\r\n\r\n");
    expect(server.connection.takeRemaining().length).toBe(0);
    expect(server.connection.requestState).toBe("upgraded");
    expect(server.connection.responseState).toBe("upgraded");
    expect(server.receive(request())).toEqual([]);
    expect(server.connection.takeRemaining().toString()).toBe(request());
  });

  it("may follow the head at once if there is no content", () => {
    const output = new Recorder();
    const connection = new ServerConnection(output);
    connection.receive(Buffer.from(`${request(offer)}behind`));
    expect(connection.next()).toMatchObject({ type: "request", upgrade: "x/1" });
    connection.upgrade(accept);
    expect(connection.next()).toBe(null);
    expect(connection.takeRemaining().toString()).toBe("behind");
  });

  it("waits for the content", () => {
    const server = pending({ fields: `${offer.fields}Content-Length: 2\r\n` });
    server.receive("h");
    expect(server.connection.contentComplete).toBe(false);
    expect(() => server.connection.upgrade(accept)).toThrow(UsageError);
    server.receive("i!");
    expect(server.connection.contentComplete).toBe(true);
    server.connection.upgrade(accept);
    expect(server.connection.takeRemaining().toString()).toBe("!");
  });

  it("is refused unless it was offered and a response is due, and nothing is written", () => {
    const idle = new Harness();
    expect(() => idle.connection.upgrade(accept)).toThrow(UsageError);
    const plain = pending();
    expect(() => plain.connection.upgrade(accept)).toThrow(UsageError);
    // RFC 9110 §7.8: from HTTP/1.0, or without the connection option, it is no offer.
    for (const options of [
      { minor: 0, ...offer },
      { fields: "Upgrade: x\r\n" },
      { fields: "Connection: upgrade\r\n" },
    ]) {
      const server = pending(options);
      expect(server.head!.upgrade).toBe(null);
      expect(() => server.connection.upgrade(accept)).toThrow(UsageError);
    }
    const begun = pending(offer);
    begun.connection.start(OK);
    begun.written();
    expect(() => begun.connection.upgrade(accept)).toThrow(UsageError);
    expect(idle.written() + plain.written() + begun.written()).toBe("");
  });

  it("goes only to a protocol that the client has offered, and names it", () => {
    const server = pending({ fields: "Connection: upgrade\r\nUpgrade: x/1, Y\r\nUpgrade: z\r\n" });
    for (const fields of [
      [],
      ["Upgrade", "x/1"],
      ["Connection", "upgrade"],
      ["Connection", "upgrade", "Upgrade", ""],
      ["Connection", "upgrade", "Upgrade", "x"],
      ["Connection", "upgrade", "Upgrade", "x/1, w"],
      ["Connection", "close", "Upgrade", "x/1"],
    ]) {
      expect(() => server.connection.upgrade(fields)).toThrow(UsageError);
    }
    expect([server.written(), server.connection.requestState]).toEqual(["", "done"]);
    server.connection.upgrade(["upgrade", "Z, y", "connection", "close, UPGRADE"]);
    expect(server.written()).toBe(
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: Z, y\r\nconnection: upgrade\r\n\r\n",
    );
  });

  it("is over with the connection's HTTP", () => {
    const server = pending(offer);
    server.connection.upgrade(accept);
    server.written();
    for (const call of [
      () => server.connection.respond(OK, null),
      () => server.connection.start(OK),
      () => server.connection.inform({ status: 103 }),
      () => server.connection.upgrade(accept),
      () => server.connection.write("x"),
      () => server.connection.end(),
    ]) {
      expect(call).toThrow(UsageError);
    }
    server.connection.sendContinue();
    expect(server.written()).toBe("");
  });

  it("declined, leaves the following bytes to HTTP", () => {
    const server = new Harness();
    server.receive(request(offer) + request({ target: "/2" }));
    expect(() => server.connection.takeRemaining()).toThrow(UsageError);
    server.connection.respond({ status: 426 }, null);
    expect(server.next()).toEqual([["request", "/2"], ["end"]]);
  });
});

describe("refuse", () => {
  const refusal = (status: string): string =>
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;

  it("refuses a request that has not come, is not complete, or waits for its response", () => {
    for (const text of ["", "GET / HT", post(2), `${post(2)}x`, request(), request() + request()]) {
      const server = new Harness();
      server.receive(text);
      server.connection.refuse(408);
      expect(server.written()).toBe(refusal("408 Request Timeout"));
      expect(server.connection.waitingFor).toBe("nothing");
      expect([...server.receive(`y${request()}`), ...server.end()]).toEqual([]);
      expect(server.connection.unreadBytes).toBe(0);
      expect(() => server.connection.refuse(408)).toThrow(UsageError);
      expect(server.written()).toBe("");
    }
  });

  it("sends the response after a ProtocolError", () => {
    const server = new Harness();
    expect(() => server.receive("GET / HTTP/1.1\r\n\r\n")).toThrow(ProtocolError);
    server.connection.refuse(400);
    expect(server.written()).toBe(refusal("400 Bad Request"));
  });

  it("leaves a response alone that has begun or ended", () => {
    const server = new Harness();
    server.receive(post(2));
    server.connection.start(OK);
    expect(() => server.connection.refuse(408)).toThrow(UsageError);
    server.connection.end();
    expect(() => server.connection.refuse(408)).toThrow(UsageError);
    expect(server.receive(`hi${request({ target: "/2" })}`)).toEqual([
      ["data", "hi"],
      ["end"],
      ["request", "/2"],
      ["end"],
    ]);
    expect(server.written()).not.toContain("408");
  });

  it.each([
    200,
    304,
    399,
    600,
    404.5,
    Number.NaN,
  ])("does not take the status %s, and changes nothing then", (status) => {
    const server = pending();
    expect(() => server.connection.refuse(status)).toThrow(UsageError);
    server.connection.respond(OK, null);
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
});

describe("receive", () => {
  it("takes the bytes from start to end and no others", () => {
    const server = new Harness();
    const text = `XX${request()}YY`;
    server.connection.receive(Buffer.from(text), 2, text.length - 2);
    expect(server.next()).toEqual([["request", "/"], ["end"]]);
    expect(server.connection.unreadBytes).toBe(0);
    server.connection.receive(Buffer.from("XX"), 1, 1);
    expect(server.connection.unreadBytes).toBe(0);
  });

  it("takes a Uint8Array that is a view on a larger memory", () => {
    const memory = new TextEncoder().encode(`XX${request()}YY`);
    const server = new Harness();
    server.connection.receive(memory.subarray(2, memory.length - 2));
    expect(server.next()).toEqual([["request", "/"], ["end"]]);
  });

  it("takes more before the last was read", () => {
    const server = new Harness();
    server.connection.receive(Buffer.from("GET / HTTP/1.1\r\n"));
    server.connection.receive(Buffer.from("Host: a\r\n\r\n"));
    expect(server.next()).toEqual([["request", "/"], ["end"]]);
  });
});

it("options with a limit that does not exist are refused", () => {
  const limits = { headByte: 1 } as Record<string, number>;
  expect(() => new ServerConnection(new Recorder(), { limits })).toThrow(TypeError);
});

describe("a client is done", () => {
  const closing = (more: Parameters<typeof request>[0] = {}): string =>
    request({ ...more, fields: `Connection: close\r\n${more.fields ?? ""}` });

  it("with a request without content that closes the connection", () => {
    const server = new Harness();
    server.receive(closing());
    server.connection.respond(OK, "1");
    server.next();
    expect(server.connection.clientIsDone).toBe(true);
  });

  it("not by what the server decides", () => {
    const server = new Harness();
    server.receive(request({}));
    server.connection.doNotPersist();
    server.connection.respond(OK, "1");
    server.next();
    expect(server.connection.clientIsDone).toBe(false);
  });

  it("not by an earlier request", () => {
    const server = new Harness();
    server.receive(request({}));
    server.connection.respond(OK, "1");
    server.next();
    expect(server.connection.clientIsDone).toBe(false);
  });

  it.each([
    ["content", `${closing({ method: "POST", fields: "Content-Length: 2\r\n" })}hi`],
    ["bytes behind it", `${closing()}\r\n`],
  ])("not with %s", (_, bytes) => {
    const server = new Harness();
    server.receive(bytes);
    server.connection.respond(OK, "1");
    server.next();
    expect(server.connection.clientIsDone).toBe(false);
  });
});
