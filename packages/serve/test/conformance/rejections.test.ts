import { DEFAULT_LIMITS, ERRORS } from "@mantou/http1";
import { invalidRequests } from "@mantou/http1/arbitraries";
import { captureErrors } from "@mantou/testing/errors";
import { connect, request } from "@mantou/testing/raw-client";
import { until } from "@mantou/testing/wait";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startInternal } from "../support/servers.ts";

captureErrors();

type RequestCode = keyof typeof invalidRequests;

/** Small enough that a test can pass it, where the generated requests do not bring a small limit of their own. */
const BODY_LIMIT = 1000;

const CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/** Requests that break a limit do so under limits of their own in the arbitraries; a server has the default ones. */
const overDefaultLimits: Partial<Record<RequestCode, string>> = {
  EMPTY_LINES: `${"\r\n".repeat(DEFAULT_LIMITS.leadingEmptyLines + 1)}GET / HTTP/1.1\r\nHost: a\r\n\r\n`,
  REQUEST_LINE_TOO_LONG: `GET /${"x".repeat(DEFAULT_LIMITS.requestLineBytes)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  HEAD_TOO_LARGE: `GET / HTTP/1.1\r\nHost: a\r\nx: ${"x".repeat(DEFAULT_LIMITS.headBytes)}\r\n\r\n`,
  HEAD_TOO_MANY_FIELDS: `GET / HTTP/1.1\r\nHost: a\r\n${"x: y\r\n".repeat(DEFAULT_LIMITS.headFields)}\r\n`,
  BODY_TOO_LARGE: `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY_LIMIT + 1}\r\n\r\n`,
  CHUNK_EXTENSIONS_TOO_LARGE: `${CHUNKED}1;${"x".repeat(DEFAULT_LIMITS.chunkExtensionBytes)}\r\na\r\n0\r\n\r\n`,
  TRAILERS_TOO_LARGE: `${CHUNKED}0\r\n${"x: y\r\n".repeat(DEFAULT_LIMITS.trailerFields + 1)}\r\n`,
};

/** All that a request can be refused for; the other rows of the table are about responses. */
const codes = Object.keys(invalidRequests) as RequestCode[];

/** A few requests that must be refused with `code` by a server with its default limits, the same in each run. */
function examples(code: RequestCode): { readonly bytes: Uint8Array; readonly ended: boolean }[] {
  const text = overDefaultLimits[code];
  if (text !== undefined) return [{ bytes: Buffer.from(text, "latin1"), ended: false }];
  // A Request by GET or HEAD has no body to read: its response does not wait for a body that is cut short. Nor does that
  // to a target of another scheme than the connection's (RFC 9110 §7.4).
  const early = /^(?:(?:GET|HEAD) |[^ ]+ (?!http:)[^/*]*:\/\/)/i;
  const read = invalidRequests[code].filter(
    ({ bytes, ended }) => !ended || !early.test(Buffer.from(bytes).toString("latin1")),
  );
  return fc.sample(read, { numRuns: 8, seed: 9112 });
}

describe("every rejection, on the wire", () => {
  it.each(codes)("%s", async (code) => {
    const seen: string[] = [];
    const server = startInternal({
      maxRequestBodySize: BODY_LIMIT,
      async fetch(req) {
        seen.push(new URL(req.url).pathname);
        // What is wrong with a body shows only when it is read.
        await req.arrayBuffer().catch(() => {});
        return new Response("handled");
      },
    });
    const bystander = connect(server);
    for (const { bytes, ended } of examples(code)) {
      const client = connect(server).write(bytes);
      if (ended) client.end();
      // The response comes without waiting for more, and is the last thing that comes.
      let response = await client.response();
      // A handler may have begun to read, for which the client had waited.
      if (response.status === 100) response = await client.response();
      expect(response.status).toBe(ERRORS[code].status);
      expect(response.headers["connection"]).toBe("close");
      expect(response.headers["content-length"]).toBe("0");
      expect((await client.closedByServer()).length).toBe(0);
      expect(client.reset).toBe(false);
      // Nothing that follows is read as a request: that is how requests are smuggled.
      client.write(request("GET /smuggled"));
      client.end();
      await until(() => client.closed, "closed");
    }
    expect(seen).not.toContain("/smuggled");
    expect((await bystander.write(request("GET /bystander")).response()).text).toBe("handled");
    await until(() => server.pendingRequests === 0, "no pending requests");
    await until(() => server.connections.size === 1, "only the bystander is left");
  });

  it("are found behind good requests too, which get their responses first", async () => {
    const server = startInternal({ fetch: () => new Response("good") });
    const client = connect(server).write(request("GET /"), request("GET /"), "GET / HTTP/9.9\r\n\r\n");
    expect((await client.response()).text).toBe("good");
    expect((await client.response()).text).toBe("good");
    expect((await client.response()).status).toBe(505);
    expect((await client.closedByServer()).length).toBe(0);
  });
});

describe("a refused head", () => {
  const headCodes = codes.filter(
    (code) => !/^(CHUNK_|TRAILER|PREMATURE_END|BODY_TOO_LARGE)/.test(code) || code === "BODY_TOO_LARGE",
  );

  it.each(headCodes)("%s never reaches a handler", async (code) => {
    let handled = 0;
    const count = () => {
      handled++;
      return new Response();
    };
    const server = startInternal({ maxRequestBodySize: BODY_LIMIT, routes: { "/*": count }, fetch: count });
    for (const { bytes } of examples(code).filter(({ bytes }) => !isChunked(bytes))) {
      await connect(server).write(bytes).response();
    }
    expect(handled).toBe(0);
  });
});

/** The arbitraries break the body limit by chunks as well; then the head is fine. */
function isChunked(bytes: Uint8Array): boolean {
  return /^POST \/upload/.test(Buffer.from(bytes.subarray(0, 20)).toString("latin1"));
}
