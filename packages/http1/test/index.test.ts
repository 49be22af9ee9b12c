import { membersOf, staticsOf } from "@mantou/testing/members";
import { describe, expect, it } from "vitest";
import * as arbitraries from "../src/arbitraries/index.ts";
import { latin1 } from "../src/arbitraries/index.ts";
import * as http1 from "../src/index.ts";

it("the public names are these", () => {
  expect(Object.keys(http1).sort()).toEqual([
    "ClientConnection",
    "DEFAULT_LIMITS",
    "ERRORS",
    "FieldBlock",
    "Fields",
    "ProtocolError",
    "ServerConnection",
    "UsageError",
    "absoluteFormAuthority",
    "isFieldValue",
    "isHost",
    "isToken",
    "listMembers",
    "reasonPhrases",
    "resolveLimits",
  ]);
  expect(Object.keys(arbitraries)).toEqual(expect.arrayContaining(["validRequest", "validResponse"]));
});

describe("objects that an application holds show documented members only", () => {
  const output = { text() {}, bytes() {} };

  it("connections", () => {
    const both = [
      "doNotPersist",
      "end",
      "keep",
      "next",
      "persistent",
      "receive",
      "receiveEnd",
      "requestState",
      "responseState",
      "start",
      "takeRemaining",
      "unreadBytes",
      "waitingFor",
      "write",
    ];
    const server = [
      "clientIsDone",
      "contentComplete",
      "contentSent",
      "inform",
      "refuse",
      "respond",
      "responseFraming",
      "responseStatus",
      "sendContinue",
      "upgrade",
    ];
    expect(membersOf(new http1.ServerConnection(output))).toEqual([...both, ...server].sort());
    const client = ["abandon", "request", "unanswered"];
    expect(membersOf(new http1.ClientConnection(output))).toEqual([...both, ...client].sort());
  });

  it("fields, also after use", () => {
    const fields = new http1.FieldBlock(["A", "b"]);
    const block = ["close", "contentLength", "hasDate", "text", "upgrade", "upgradeUnlisted"];
    const server = new http1.ServerConnection(output);
    server.receive(latin1("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    const head = server.next() as http1.IncomingRequest;
    server.next();
    server.respond({ status: 200, fields }, "ok");
    expect(membersOf(fields)).toEqual(block);
    expect(staticsOf(http1.FieldBlock)).toEqual([]);
    expect(membersOf(head.fields)).toEqual(["get", "list"]);
    expect(staticsOf(http1.Fields)).toEqual([]);
  });
});
