import { describe, expect, it } from "vitest";
import { ClientConnection } from "../src/client-connection.ts";
import { UsageError } from "../src/errors.ts";
import type { ClientRequestState, ClientResponseState, ClientWaitingFor } from "../src/state.ts";
import { ClientHarness, response } from "./support/client-harness.ts";
import { Recorder } from "./support/recorder.ts";

const OK = response();
const EXPECT = ["Expect", "100-continue"];
const OFFER = ["Connection", "upgrade", "Upgrade", "x/1, Y"];
const SWITCH = "HTTP/1.1 101 \r\nConnection: Upgrade\r\nUpgrade: y\r\n\r\n";
const code = (name: string) => expect.objectContaining({ code: name });

describe("a response", () => {
  it("has the received head, and its request", () => {
    const client = new ClientHarness();
    const request = { method: "GET", target: "/", fields: ["Host", "a"] };
    client.connection.request(request, null);
    client.receive(
      "HTTP/1.0 299 Fine, thanks\r\nA: b\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
    );
    expect(client.head).toMatchObject({
      status: 299,
      reason: "Fine, thanks",
      minor: 0,
      framing: "length",
      length: 2,
      transferCodings: [],
      keepAlive: true,
    });
    expect(client.head!.request).toBe(request);
    expect(client.head!.fields.get("a")).toBe("b");
  });

  it("of a higher minor version is one of 1.1", () => {
    const client = new ClientHarness().send();
    expect(client.receive(response({ minor: 9 }))).toEqual([["response", 200], ["data", "ok"], ["end"]]);
    expect(client.head!.minor).toBe(1);
  });

  it("may leave out the space behind the status (RFC 9112 §4)", () => {
    const client = new ClientHarness().send();
    expect(client.receive("HTTP/1.1 204\r\nA: b\r\n\r\n")).toEqual([["response", 204], ["end"]]);
    expect([client.head!.reason, client.head!.fields.get("a")]).toEqual(["", "b"]);
  });

  it.each([
    ["S", "VERSION_INVALID"],
    ["HTTQ", "VERSION_INVALID"],
    ["\r", "VERSION_INVALID"],
    ["SSH-2.0-OpenSSH_9.6\r\n", "VERSION_INVALID"],
    ["HTTP/2.0 200 OK\r\n", "VERSION_UNSUPPORTED"],
    ["HTTP/1.1 2x0 OK\r\n", "STATUS_LINE_INVALID"],
    ["HTTP/1.1 200 OK\n", "BARE_LF"],
  ])("with an invalid first line is refused without waiting for its end: %j", (text, expected) => {
    expect(() => new ClientHarness().send().receive(text)).toThrow(code(expected));
    const trickled = new ClientHarness().send();
    const bytewise = () => [...text].map((character) => trickled.receive(character));
    expect(bytewise).toThrow(code(expected));
  });

  it("in chunks has trailers", () => {
    const client = new ClientHarness().send();
    expect(
      client.receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n"),
    ).toEqual([
      ["response", 200],
      ["data", "ok"],
      ["end", "A", "b"],
    ]);
  });

  it("without framing ends where its connection does, and is the last", () => {
    const client = new ClientHarness().send().send();
    expect(client.receive("HTTP/1.1 200 OK\r\n\r\no")).toEqual([
      ["response", 200],
      ["data", "o"],
    ]);
    expect(client.receive("k")).toEqual([["data", "k"]]);
    expect(client.end()).toEqual([["end"]]);
    expect(client.connection.responseState).toBe("closed");
    expect(client.connection.unanswered).toBe(1);
  });

  it("without framing is limited as well", () => {
    const client = new ClientHarness({ limits: { bodyBytes: 2 } }).send();
    expect(client.receive("HTTP/1.1 200 OK\r\n\r\nok")).toEqual([
      ["response", 200],
      ["data", "ok"],
    ]);
    expect(() => client.receive("k")).toThrow(code("BODY_TOO_LARGE"));
  });

  it("whose last coding is not chunked ends with its connection, with its other codings", () => {
    for (const [value, framing, codings] of [
      ["gzip", "until-close", ["gzip"]],
      ["chunked, gzip", "until-close", ["chunked", "gzip"]],
      ["gzip;q=1 , Chunked", "chunked", ["gzip;q=1"]],
      ["", "until-close", []],
    ] as const) {
      const client = new ClientHarness().send();
      client.receive(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${value}\r\n\r\n`);
      expect(client.head).toMatchObject({ framing, length: 0, transferCodings: codings });
    }
  });

  it.each([
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ])("to %s with %i has no content, whatever its fields", (method, status) => {
    for (const fields of [
      "Content-Length: 5\r\n",
      "Transfer-Encoding: chunked\r\n",
      "Content-Length: x\r\nTransfer-Encoding: y\r\n",
      "",
    ]) {
      const client = new ClientHarness().send(method).send();
      expect(client.receive(`HTTP/1.1 ${status} \r\n${fields}\r\n${OK}`)).toEqual([
        ["response", status],
        ["end"],
        ["response", 200],
        ["data", "ok"],
        ["end"],
      ]);
    }
  });

  it("with an invalid status below 100 is a final one", () => {
    expect(new ClientHarness().send().receive("HTTP/1.1 099 \r\nContent-Length: 0\r\n\r\n")).toEqual([
      ["response", 99],
      ["end"],
    ]);
  });

  it("that is cut short is an error, at each place", () => {
    const whole = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    for (let at = 0; at < whole.length; at++) {
      const client = new ClientHarness().send();
      client.receive(whole.slice(0, at));
      expect(() => client.end()).toThrow(code("PREMATURE_END"));
      expect(() => client.next()).toThrow(code("PREMATURE_END"));
    }
  });

  it("may come before its request has ended", () => {
    const client = new ClientHarness().start(4);
    client.connection.write("ab");
    expect(client.receive(OK)).toEqual([["response", 200], ["data", "ok"], ["end"]]);
    client.connection.write("cd");
    client.connection.end();
    expect(client.send().receive(OK)).toHaveLength(3);
  });
});

describe("interim responses", () => {
  it("come before the final one, and end with their head", () => {
    const client = new ClientHarness().send();
    expect(
      client.receive(
        `HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\nHTTP/1.1 100 \r\nTransfer-Encoding: x\r\n\r\n${OK}`,
      ),
    ).toEqual([["interim", 103], ["interim", 100], ["response", 200], ["data", "ok"], ["end"]]);
  });

  it("are limited in number, for each final response anew", () => {
    const client = new ClientHarness({ limits: { interimResponses: 2 } }).send().send().send();
    const hints = "HTTP/1.1 103 \r\n\r\n";
    client.receive(hints + hints + OK + hints + hints + OK + hints + hints);
    expect(() => client.receive(hints)).toThrow(code("INTERIM_RESPONSES_TOO_MANY"));
  });
});

describe("bytes without a request", () => {
  it("is refused between requests", () => {
    expect(() => new ClientHarness().receive("H")).toThrow(code("RESPONSE_UNEXPECTED"));
    const client = new ClientHarness().send();
    client.receive(OK);
    expect(() => client.receive("\r\n")).toThrow(code("RESPONSE_UNEXPECTED"));
    expect(() => client.send()).toThrow(UsageError);
    expect(client.connection.persistent).toBe(false);
  });

  it("are no response to a request that is sent before they are read", () => {
    const early = new ClientHarness();
    early.connection.receive(new TextEncoder().encode(OK));
    expect(() => early.send()).toThrow(UsageError);
    expect(() => early.next()).toThrow(code("RESPONSE_UNEXPECTED"));
    const client = new ClientHarness().send();
    client.connection.receive(new TextEncoder().encode(OK + OK));
    while (client.connection.next()?.type !== "end");
    expect(() => client.send()).toThrow(UsageError);
    expect(() => client.next()).toThrow(code("RESPONSE_UNEXPECTED"));
  });

  it("are no response to a request that was sent after they had come, behind the response before them", () => {
    // One packet has a response and another one without a request. An attacker puts it there as the response to the client's
    // next request.
    const seen: unknown[] = [];
    const client = new ClientHarness().send("GET", "/1");
    const packet = Buffer.from(response() + response({ content: "evil" }));
    client.connection.receive(packet);
    expect(() => {
      for (let event = client.connection.next(); event !== null; event = client.connection.next()) {
        seen.push(event.type);
        if (event.type === "data" && seen.length === 2) client.send("GET", "/2");
      }
    }).toThrow(expect.objectContaining({ code: "RESPONSE_UNEXPECTED" }));
    expect(seen).toEqual(["response", "data", "end"]);
  });

  it("are told from the response to a request that was sent ahead, however late that comes", () => {
    const client = new ClientHarness().send("GET", "/1");
    const [first, second] = [response(), response({ content: "2" })];
    client.receive(first.slice(0, -1));
    client.send("GET", "/2");
    expect(client.receive(first.slice(-1) + second).at(-1)).toEqual(["end"]);
    expect(client.head!.request.target).toBe("/2");
    expect(client.connection.waitingFor).toBe("request");
  });

  it("is found when a request was sent behind part of it", () => {
    const client = new ClientHarness().send("GET", "/1");
    client.connection.receive(Buffer.from(`${response()}HTTP/1.1 2`));
    client.connection.next();
    client.send("GET", "/2");
    expect(() => client.receive(response().slice("HTTP/1.1 2".length))).toThrow(
      expect.objectContaining({ code: "RESPONSE_UNEXPECTED" }),
    );
  });

  it("is ignored behind a response that closes the connection", () => {
    const client = new ClientHarness().send();
    expect(client.receive(`${response({ fields: "Connection: close\r\n" })}more`)).toHaveLength(3);
    expect(client.receive("more")).toEqual([]);
    expect(client.end()).toEqual([]);
    expect(client.connection.unreadBytes).toBe(0);
  });
});

describe("persistence", () => {
  it("ends when the request has close", () => {
    for (const prepare of [
      (client: ClientHarness) => client.send("GET", "/", ["Connection", "close"]),
      (client: ClientHarness) => {
        client.connection.doNotPersist();
        client.send();
      },
    ]) {
      const client = new ClientHarness();
      prepare(client);
      expect(client.written()).toBe("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      expect(() => client.send()).toThrow(UsageError);
      client.receive(OK);
      expect(client.connection.responseState).toBe("closed");
    }
  });

  it.each([
    [1, "", true],
    [1, "close", false],
    [0, "", false],
    [0, "keep-alive", true],
  ] as const)("after HTTP/1.%i with Connection: %s is %s", (minor, option, persists) => {
    const client = new ClientHarness().send();
    client.receive(response({ minor, fields: `Connection: ${option}\r\n` }));
    expect(client.connection.persistent).toBe(persists);
    expect(client.connection.waitingFor).toBe(persists ? "request" : "nothing");
  });

  it("leaves requests unanswered that were sent behind one with the last response", () => {
    const client = new ClientHarness().send().send().send();
    client.receive(response({ fields: "Connection: close\r\n" }) + OK);
    expect(client.connection.unanswered).toBe(2);
    expect(client.connection.responseState).toBe("closed");
  });

  it("ends in a Closed event if the server ends between responses", () => {
    expect(new ClientHarness().end()).toEqual([["closed"]]);
    const client = new ClientHarness().send();
    client.receive(OK);
    client.connection.receiveEnd();
    expect(() => client.send()).toThrow(UsageError);
    expect(client.next()).toEqual([["closed"]]);
    expect(client.next()).toEqual([]);
  });
});

describe("other protocols", () => {
  it("take over behind 101, with the bytes that have come", () => {
    const client = new ClientHarness().send("GET", "/", OFFER);
    expect(() => client.send()).toThrow(UsageError);
    expect(() => client.connection.takeRemaining()).toThrow(UsageError);
    expect(client.receive(`${SWITCH}\x01\x02`)).toEqual([["response", 101]]);
    expect(client.receive("\x03")).toEqual([]);
    expect([...client.connection.takeRemaining()]).toEqual([1, 2, 3]);
    expect(client.connection.waitingFor).toBe("nothing");
    expect(() => client.send()).toThrow(UsageError);
  });

  it("take over behind a 2xx to CONNECT, whatever its fields", () => {
    const client = new ClientHarness();
    client.connection.request({ method: "CONNECT", target: "a:1", fields: ["Host", "a:1"] }, null);
    expect(client.receive("HTTP/1.1 299 \r\nContent-Length: 2\r\n\r\nab")).toEqual([["response", 299]]);
    expect(client.connection.takeRemaining().toString()).toBe("ab");
  });

  it("do not if the server declines, and requests follow", () => {
    const client = new ClientHarness().send("GET", "/", OFFER);
    client.receive(response({ status: 426 }));
    expect(client.send().receive(OK)).toHaveLength(3);
    expect(() => client.connection.takeRemaining()).toThrow(UsageError);
  });

  it.each([
    ["which was not offered", [], SWITCH],
    ["which is another one", OFFER, SWITCH.replace(": y", ": z")],
    ["one of which was not offered", OFFER, SWITCH.replace(": y", ": y, z")],
    ["without its name", OFFER, "HTTP/1.1 101 \r\nConnection: upgrade\r\n\r\n"],
    ["without the connection option", OFFER, "HTTP/1.1 101 \r\nUpgrade: y\r\n\r\n"],
  ])("are refused: %s", (_, fields, text) => {
    expect(() => new ClientHarness().send("GET", "/", fields).receive(text)).toThrow(
      code("UPGRADE_UNEXPECTED"),
    );
  });

  it("do not begin within the request", () => {
    const client = new ClientHarness().start(2, OFFER);
    expect(() => client.receive(SWITCH)).toThrow(code("UPGRADE_UNEXPECTED"));
  });
});

it("unread bytes can be kept", () => {
  const client = new ClientHarness().send().send();
  const memory = new TextEncoder().encode(OK + OK);
  client.connection.receive(memory);
  client.connection.next();
  client.connection.keep();
  memory.fill(0);
  expect(client.next()).toEqual([["data", "ok"], ["end"], ["response", 200], ["data", "ok"], ["end"]]);
});

it("limits must exist", () => {
  expect(() => new ClientConnection(new Recorder(), { limits: { headBytes: -1 } })).toThrow(RangeError);
});

describe("the states of both sides, and what they wait for", () => {
  type States = [ClientRequestState, ClientResponseState, ClientWaitingFor];
  const stories: Record<string, readonly (readonly [(client: ClientHarness) => unknown, States])[]> = {
    "a request and its response": [
      [() => undefined, ["idle", "idle", "request"]],
      [(c) => c.send(), ["idle", "head", "response"]],
      [(c) => c.receive("H"), ["idle", "head", "rest-of-head"]],
      [(c) => c.receive(OK.slice(1, -1)), ["idle", "body", "content"]],
      [(c) => c.receive("k"), ["idle", "idle", "request"]],
      [(c) => c.end(), ["closed", "closed", "nothing"]],
    ],
    "content in pieces": [
      [(c) => c.start(), ["body", "head", "request-content"]],
      [(c) => c.connection.write("x"), ["body", "head", "request-content"]],
      [(c) => c.connection.end(), ["idle", "head", "response"]],
    ],
    "a response before the content": [
      [(c) => c.start(), ["body", "head", "request-content"]],
      [(c) => c.receive(OK), ["body", "idle", "request-content"]],
      [(c) => c.connection.end(), ["idle", "idle", "request"]],
    ],
    "a last response before the content": [
      [(c) => c.start(), ["body", "head", "request-content"]],
      [(c) => c.receive(response({ fields: "Connection: close\r\n" })), ["body", "closed", "nothing"]],
      [(c) => c.connection.write("x"), ["body", "closed", "nothing"]],
      [(c) => c.connection.end(), ["closed", "closed", "nothing"]],
    ],
    "content that is held back": [
      [(c) => c.start(2, EXPECT), ["body", "head", "continue"]],
      [(c) => c.receive("HTTP/1.1 100 \r\n\r\n"), ["body", "head", "request-content"]],
      [(c) => c.connection.write("ab"), ["body", "head", "request-content"]],
      [(c) => c.connection.end(), ["idle", "head", "response"]],
    ],
    "content that is not held back after all": [
      [(c) => c.start(2, EXPECT), ["body", "head", "continue"]],
      [(c) => c.connection.write("a"), ["body", "head", "request-content"]],
    ],
    "content that is refused": [
      [(c) => c.start(2, EXPECT), ["body", "head", "continue"]],
      [(c) => c.receive("HTTP/1.1 417 \r\nContent-Length: 1\r\n\r\n"), ["body", "body", "content"]],
      [(c) => c.connection.abandon(), ["closed", "body", "content"]],
      [(c) => c.receive("x"), ["closed", "closed", "nothing"]],
    ],
    "requests sent ahead": [
      [(c) => c.send().start(), ["body", "head", "response"]],
      [(c) => c.receive(OK), ["body", "head", "request-content"]],
    ],
    "an upgrade": [
      [(c) => c.send("GET", "/", OFFER), ["waiting", "head", "response"]],
      [(c) => c.receive(SWITCH), ["upgraded", "upgraded", "nothing"]],
    ],
    "an upgrade that is declined": [
      [(c) => c.send("GET", "/", OFFER), ["waiting", "head", "response"]],
      [(c) => c.receive(OK), ["idle", "idle", "request"]],
    ],
    "an upgrade that is declined in the last response": [
      [(c) => c.send("GET", "/", OFFER), ["waiting", "head", "response"]],
      [(c) => c.receive(response({ minor: 0 })), ["closed", "closed", "nothing"]],
    ],
    "a response that is refused": [
      [(c) => c.send(), ["idle", "head", "response"]],
      [(c) => expect(() => c.receive("?\r\n\r\n")).toThrow(), ["closed", "failed", "nothing"]],
      [(c) => expect(() => c.receive(OK)).toThrow(), ["closed", "failed", "nothing"]],
    ],
  };

  it.each(Object.entries(stories))("%s", (_name, story) => {
    const client = new ClientHarness();
    for (const [step, after] of story) {
      step(client);
      const { requestState, responseState, waitingFor } = client.connection;
      expect([requestState, responseState, waitingFor]).toEqual(after);
    }
  });
});
