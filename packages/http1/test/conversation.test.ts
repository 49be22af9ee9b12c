import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flatten } from "../src/arbitraries/fields.ts";
import {
  content,
  cutAt,
  cuts,
  type FieldLine,
  hostValue,
  methodAndTarget,
  plainFields,
  trailerFields,
  validRequest,
  validResponse,
} from "../src/arbitraries/index.ts";
import { ClientConnection } from "../src/client-connection.ts";
import { UsageError } from "../src/errors.ts";
import type { IncomingRequest } from "../src/events.ts";
import { absoluteFormAuthority } from "../src/grammar.ts";
import { ServerConnection } from "../src/server-connection.ts";
import { reasonPhrases } from "../src/status-line.ts";
import { runs } from "./runs.ts";
import { drive, type ReceivedMessage } from "./support/drive.ts";
import {
  driveClient,
  plainRequest,
  type ReceivedResponse,
  ResponseCollector,
} from "./support/drive-client.ts";
import { drain, feed } from "./support/feed.ts";
import { Recorder } from "./support/recorder.ts";

/** A message as an application has it: name, value …; content in pieces is chunked, and may have trailers. */
interface Message {
  readonly fields: readonly string[];
  readonly content: Uint8Array;
  readonly chunked: boolean;
  readonly trailers: readonly string[];
}

interface Exchange {
  readonly request: Message & { readonly method: string; readonly target: string };
  readonly interim: readonly number[];
  readonly response: Message & { readonly status: number; readonly reason: string };
}

/** Names that mean something to a writer, and are tested elsewhere. */
const SPECIAL = new Set(["te", "date"]);
const flat = (fields: readonly FieldLine[]): string[] =>
  fields.flatMap(({ name, value }) => (SPECIAL.has(name.toLowerCase()) ? [] : [name, value]));

const message: fc.Arbitrary<Message> = fc
  .record({ fields: plainFields, content, chunked: fc.boolean(), trailers: trailerFields })
  .map((m) => ({ ...m, fields: flat(m.fields), trailers: m.chunked ? flatten(m.trailers) : [] }));

const exchange: fc.Arbitrary<Exchange> = fc
  .record({
    start: methodAndTarget,
    host: hostValue,
    request: message,
    interim: fc.array(fc.constantFrom(100, 102, 103), { maxLength: 2 }),
    response: message,
    status: fc.oneof(fc.constantFrom(200, 204, 304), fc.integer({ min: 200, max: 599 })),
    reason: fc.constantFrom("", "Fine", "\xe4 b"),
  })
  .map(({ start, host, request, interim, response, status, reason }) => {
    const authority = absoluteFormAuthority(start.target) ?? host;
    const bare = start.method === "CONNECT" || start.method === "TRACE";
    const empty = bare ? { content: new Uint8Array(0), chunked: false, trailers: [] } : {};
    const final = start.method === "CONNECT" && status < 300 ? 405 : status;
    const without = start.method === "HEAD" || [204, 205, 304].includes(final);
    return {
      request: { ...start, ...request, ...empty, fields: ["Host", authority, ...request.fields] },
      interim,
      response: {
        ...response,
        ...(without ? { content: new Uint8Array(0), chunked: false, trailers: [] } : {}),
        status: final,
        reason,
      },
    };
  });

function send(
  client: ClientConnection,
  { chunked, content: bytes, trailers, ...head }: Exchange["request"],
): void {
  if (!chunked) {
    client.request(head, bytes.length === 0 ? null : bytes);
    return;
  }
  client.start(head);
  client.write(bytes.subarray(0, 5));
  client.write(bytes.subarray(5));
  client.end(trailers);
}

function respond(server: ServerConnection, { interim, response }: Omit<Exchange, "request">): void {
  const { status, reason, fields, content: bytes, chunked, trailers } = response;
  for (const hint of interim) server.inform({ status: hint });
  if (!chunked) {
    server.respond({ status, reason, fields }, bytes.length === 0 ? null : bytes);
    return;
  }
  server.start({ status, reason, fields });
  server.write(bytes.subarray(0, 3));
  server.write(bytes.subarray(3));
  server.end(trailers);
}

/** Client and server exchange messages, each cut at the same fractions, until neither has a message left. */
function converse(
  exchanges: readonly Exchange[],
  places: readonly number[],
): [ReceivedMessage[], ReceivedResponse[]] {
  const fromClient = new Recorder();
  const fromServer = new Recorder();
  const client = new ClientConnection(fromClient);
  const server = new ServerConnection(fromServer);
  const collector = new ResponseCollector();
  const requests: ReceivedMessage[] = [];
  let head: IncomingRequest | null = null;
  let bytes: Buffer[] = [];
  const onRequest = (event: NonNullable<ReturnType<ServerConnection["next"]>>): void => {
    if (event.type === "request") head = event;
    if (event.type === "data") bytes.push(Buffer.from(event.bytes));
    if (event.type !== "end") return;
    const { type: _, fields, ...rest } = head!;
    const whole = Buffer.concat(bytes);
    bytes = [];
    requests.push({
      head: { ...rest, fields: fields.list },
      content: whole,
      trailers: event.trailers.list,
      complete: true,
    });
    respond(server, exchanges[requests.length - 1]!);
  };
  const waiting = [...exchanges];
  for (;;) {
    while (waiting.length > 0 && client.requestState === "idle") send(client, waiting.shift()!.request);
    const up = Buffer.from(fromClient.take(), "latin1");
    for (const piece of cutAt(up, places)) feed(server, piece, onRequest);
    drain(server, onRequest);
    const down = Buffer.from(fromServer.take(), "latin1");
    for (const piece of cutAt(down, places)) feed(client, piece, (event) => collector.take(event));
    if (up.length === 0 && down.length === 0) return [requests, collector.responses];
  }
}

describe("client and server understand each other", () => {
  it("however the bytes between them are cut, requests sent ahead or not", () => {
    fc.assert(
      fc.property(fc.array(exchange, { minLength: 1, maxLength: 4 }), cuts, (exchanges, places) => {
        const [requests, responses] = converse(exchanges, places);
        expect(requests).toHaveLength(exchanges.length);
        for (const [i, { request, response, interim }] of exchanges.entries()) {
          const read = requests[i]!;
          expect(read.head).toMatchObject({ method: request.method, target: request.target, minor: 1 });
          expect(read.head.fields.slice(0, request.fields.length)).toEqual(request.fields);
          expect(read.content).toEqual(Buffer.from(request.content));
          expect(read.trailers).toEqual(request.trailers);
          const back = responses[i]!;
          expect(back.interim.map(({ status }) => status)).toEqual(interim);
          const reason = response.reason === "" ? (reasonPhrases[response.status] ?? "") : response.reason;
          expect(back.head).toMatchObject({ status: response.status, reason, minor: 1, keepAlive: true });
          expect(back.head!.fields.slice(0, response.fields.length)).toEqual(response.fields);
          expect(back.content).toEqual(Buffer.from(response.content));
          expect(back.trailers).toEqual(response.trailers);
          expect(back.complete).toBe(true);
        }
      }),
      // Not shrunk: conversations are large, and shrinking one outlasts the test, which hides what was found.
      { ...runs(500), endOnFailure: true },
    );
  });
});

/** Without the framing fields, which the writers add themselves. */
function unframed(fields: readonly string[]): string[] {
  return without(fields, new Set(["content-length", "transfer-encoding"]));
}

function without(fields: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    if (!names.has(fields[i]!.toLowerCase())) kept.push(fields[i]!, fields[i + 1]!);
  }
  return kept;
}

/** null if it is one of those that may be received, but not sent. */
function unlessRefused(write: (output: Recorder) => void): Buffer | null {
  const output = new Recorder();
  try {
    write(output);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
  return Buffer.from(output.written, "latin1");
}

/** As an intermediary would: without what was for it alone, and with the one Host that the target wants. */
function rewriteRequest({ head, content: bytes, trailers }: ReceivedMessage): Buffer | null {
  return unlessRefused((output) => {
    const { method, target, framing, upgrade, expectsContinue } = head;
    const authority = absoluteFormAuthority(target) ?? head.host ?? "";
    const dropped = new Set([
      "host",
      "te",
      upgrade === null ? "upgrade" : "",
      expectsContinue ? "" : "expect",
    ]);
    const fields = ["Host", authority, ...without(unframed(head.fields), dropped)];
    const empty = method === "TRACE" || method === "CONNECT";
    send(new ClientConnection(output), {
      method,
      target,
      fields,
      content: empty ? new Uint8Array(0) : bytes,
      chunked: framing === "chunked" && !empty,
      trailers,
    });
  });
}

function rewriteResponse(
  method: string,
  { head, content: bytes, trailers }: ReceivedResponse,
): Buffer | null {
  return unlessRefused((output) => {
    const { status, reason, fields, framing } = head!;
    const server = new ServerConnection(output);
    const { target } = plainRequest(method);
    feed(server, Buffer.from(`${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`), () => {});
    const chunked = framing === "chunked";
    const response = { status, reason, fields: unframed(fields), content: bytes, chunked, trailers };
    respond(server, { interim: [], response });
  });
}

describe("messages that were read and written again", () => {
  const often = runs(1_000);

  it("is a fixed point, for requests", () => {
    let written = 0;
    fc.assert(
      fc.property(validRequest, ({ bytes }) => {
        const once = rewriteRequest(drive([bytes]).messages[0]!);
        if (once === null) return;
        written++;
        expect(rewriteRequest(drive([once]).messages[0]!)).toEqual(once);
      }),
      often,
    );
    expect(written).toBeGreaterThan(0.3 * often.numRuns);
  });

  it("is a fixed point, for responses", () => {
    let written = 0;
    fc.assert(
      fc.property(validResponse, ({ bytes, method }) => {
        const read = (from: Uint8Array): ReceivedResponse =>
          driveClient([method], [from], { end: true }).responses[0]!;
        const once = rewriteResponse(method, read(bytes));
        if (once === null) return;
        written++;
        expect(rewriteResponse(method, read(once))).toEqual(once);
      }),
      often,
    );
    expect(written).toBeGreaterThan(0.3 * often.numRuns);
  });
});
