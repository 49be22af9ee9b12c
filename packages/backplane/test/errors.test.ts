import { describe, expect, test } from "vitest";
import { explain as explainNats } from "../src/nats/errors.ts";
import { explain as explainValkey, isFinal, isRefused, wasExecuted } from "../src/valkey/errors.ts";

const error = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

/** As Node.js makes it when each address of a name fails: it has no text of its own. */
const ofAddresses = (code: string) =>
  Object.assign(new AggregateError([error(`connect ${code} ::1:1`), error(`connect ${code} 127.0.0.1:1`)]), {
    code,
  });

describe("an error says what to do", () => {
  test.each([
    [
      error("connect ECONNREFUSED 127.0.0.1:1", "ECONNREFUSED"),
      "nothing listens at h:1: start the server, or mend the URL of valkey()",
    ],
    [
      error("getaddrinfo ENOTFOUND h", "ENOTFOUND"),
      "the name of h:1 is not known: mend the URL of valkey(), or the DNS",
    ],
    [
      error("WRONGPASS invalid username-password pair"),
      "h:1 refuses the login: mend the user and the password of valkey() (WRONGPASS invalid username-password pair)",
    ],
    [
      error("NOAUTH HELLO must be called"),
      "h:1 refuses the login: mend the user and the password of valkey() (NOAUTH HELLO must be called)",
    ],
    [
      error("NOPERM no permission"),
      "h:1 does not allow this user what valkey() needs: +subscribe +unsubscribe +publish +hello, and its channels (NOPERM no permission)",
    ],
    [
      error("NOPROTO unsupported protocol version"),
      "h:1 does not speak RESP3: valkey() needs Valkey, or Redis 6 or newer (7 is tested)",
    ],
    [
      error("NOREPLICAS Not enough good replicas to write. script: x, on @user_script:9."),
      "h:1 takes no messages of histories: mend its disk, or its replicas (NOREPLICAS Not enough good replicas to write. script: x, on @user_script:9.)",
    ],
    [error("no reply to the login"), "h:1 does not answer: it is down, stopped, or behind a firewall"],
    [error("Socket closed unexpectedly"), "the connection to h:1 is broken: Socket closed unexpectedly"],
  ])("of valkey: %s", (given, text) => {
    expect(explainValkey(given, "h:1")).toMatchObject({ message: text, cause: given });
  });

  test.each([
    [ofAddresses("ECONNREFUSED"), /^nothing listens at h:1/],
    [ofAddresses("ETIMEDOUT"), /^h:1 does not answer/],
    [
      ofAddresses("EHOSTUNREACH"),
      /^the connection to h:1 is broken: connect EHOSTUNREACH ::1:1, connect EHOSTUNREACH 127\.0\.0\.1:1$/,
    ],
    [new RangeError(""), /^the connection to h:1 is broken: RangeError$/],
  ])("also if it has no text: %s", (given, text) => {
    for (const explain of [explainValkey, explainNats]) expect(explain(given, "h:1").message).toMatch(text);
  });

  test.each([
    [
      "self-signed certificate in certificate chain",
      "is not trusted: give ENGINE() its authority, as tls: { ca }",
    ],
    [
      "Hostname/IP does not match certificate's altnames: Host: h. is not in the cert's altnames: DNS:other",
      "is for other names: write one of them in the ADDRESS of ENGINE()",
    ],
    ["certificate has expired", "is not valid at this time: renew it, or set the clock of this machine"],
    ["certificate is not yet valid", "is not valid at this time: renew it, or set the clock of this machine"],
  ])("of a certificate: %s", (text, advice) => {
    for (const [explain, engine, address] of [
      [explainValkey, "valkey", "URL"],
      [explainNats, "nats", "servers"],
    ] as const) {
      const words = advice.replace("ENGINE", engine).replace("ADDRESS", address);
      expect(explain(error(text), "h:1").message).toBe(`the certificate of h:1 ${words} (${text})`);
    }
  });

  test.each([
    [
      error("connection refused", "ECONNREFUSED"),
      "nothing listens at h:1: start the server, or mend the servers of nats()",
    ],
    [
      error("getaddrinfo", "EAI_AGAIN"),
      "the name of h:1 is not known: mend the servers of nats(), or the DNS",
    ],
    [
      error("Authorization Violation"),
      "h:1 refuses the login: mend the user, the password or the token of nats() (Authorization Violation)",
    ],
    [
      error('Permissions Violation for Subscription to "a"'),
      'h:1 does not allow this user what nats() needs, its subjects: Permissions Violation for Subscription to "a"',
    ],
    [
      error("self-signed certificate"),
      "the certificate of h:1 is not trusted: give nats() its authority, as tls: { ca } (self-signed certificate)",
    ],
    [error("timeout"), "h:1 does not answer: it is down, stopped, or behind a firewall"],
    [error("closed"), "the connection to h:1 is broken: closed"],
  ])("of nats: %s", (given, text) => {
    expect(explainNats(given, "h:1")).toMatchObject({ message: text, cause: given });
  });
});

test("an error reply that would come again is told from a state that passes", () => {
  expect(["NOPERM x", "ERR x"].map((message) => isFinal(error(message)))).toEqual([true, true]);
  for (const message of [
    "READONLY x",
    "LOADING x",
    "MASTERDOWN x",
    "BUSY x",
    "Socket closed",
    "The client is closed",
  ]) {
    expect(isFinal(error(message))).toBe(false);
  }
});

test("a server that takes no writes is no broken connection, and has not executed what it refused", () => {
  for (const message of ["OOM x", "MISCONF x", "NOREPLICAS x"]) {
    const refusal = error(`${message} script: 1, on @user_script:9.`);
    expect([isRefused(refusal), wasExecuted(refusal)]).toEqual([true, false]);
  }
  expect(isRefused(error("READONLY x script: 1, on @user_script:9."))).toBe(false);
});
