import { Buffer } from "node:buffer";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { codePoint } from "@mantou/testing/any-text";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flatten } from "../src/arbitraries/fields.ts";
import { fieldValue, plainFields, trailerFields } from "../src/arbitraries/index.ts";
import { runs } from "./runs.ts";
import { Harness, pending, request } from "./support/harness.ts";
import { parseResponse } from "./support/response-parser.ts";

/** A request and a server's response to it, in every way that the server has to send one. */
interface Exchange {
  readonly method: "GET" | "HEAD" | "POST";
  readonly minor: 0 | 1;
  readonly connection: "" | "close" | "keep-alive";
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly string[];
  readonly chunks: readonly (string | Uint8Array)[];
  readonly trailers: readonly string[];
  readonly way: "respond" | "start" | "start with length" | "start with field";
}

const RESERVED = new Set(["trailer", "te", "date", "keep-alive"]);
const fields = plainFields.map((list) =>
  flatten(list.filter(({ name }) => !RESERVED.has(name.toLowerCase()))),
);

const exchange: fc.Arbitrary<Exchange> = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST"),
  minor: fc.constantFrom(0, 1),
  connection: fc.constantFrom("", "close", "keep-alive"),
  status: fc.constantFrom(200, 201, 204, 205, 206, 304, 404, 418, 500, 599),
  reason: fc.oneof(fc.constant(""), fieldValue),
  fields,
  chunks: fc.array(
    fc.oneof(fc.string({ maxLength: 30, unit: codePoint }), fc.uint8Array({ maxLength: 300 })),
    { maxLength: 4 },
  ),
  trailers: trailerFields.map(flatten),
  way: fc.constantFrom("respond", "start", "start with length", "start with field"),
});

const bytesOf = (chunks: Exchange["chunks"]): Buffer =>
  Buffer.concat(chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)));

const isEmpty = ({ status }: Exchange): boolean => status === 204 || status === 205 || status === 304;

function respond({ connection }: Harness, plan: Exchange): void {
  const chunks = isEmpty(plan) ? [] : plan.chunks;
  const content = bytesOf(chunks);
  const head = { status: plan.status, reason: plan.reason, fields: plan.fields };
  if (plan.way === "respond") {
    connection.respond(head, chunks.length === 1 ? chunks[0]! : content);
    return;
  }
  const declared = { ...head, fields: [...plan.fields, "Content-Length", `${content.length}`] };
  if (plan.way === "start") connection.start(head);
  else if (plan.way === "start with length") connection.start(head, content.length);
  else connection.start(declared);
  for (const chunk of chunks) connection.write(chunk);
  connection.end(plan.trailers);
}

function ask(plan: Exchange): string {
  const connection = plan.connection === "" ? "" : `Connection: ${plan.connection}\r\n`;
  return request({ method: plan.method, minor: plan.minor, fields: connection });
}

describe("any response", () => {
  it("is read by a client with its meaning, and the connection persists or not as its head declares", () => {
    fc.assert(
      fc.property(exchange, (plan) => {
        const server = new Harness();
        server.receive(ask(plan));
        respond(server, plan);
        const written = server.written();
        const response = parseResponse(written, plan.method);
        const bodiless = plan.method === "HEAD" || isEmpty(plan);
        const content = bytesOf(plan.chunks).toString("latin1");

        expect(response.status).toBe(plan.status);
        if (plan.reason !== "") expect(response.reason).toBe(plan.reason);
        expect(response.fields.slice(0, plan.fields.length)).toEqual(plan.fields);
        expect(response.content).toBe(bodiless ? "" : content);
        expect(response.rest).toBe("");

        const added = response.fields.slice(plan.fields.length).filter((_, i) => i % 2 === 0);
        expect(
          added.filter((name) => !["Content-Length", "Transfer-Encoding", "Connection"].includes(name)),
        ).toEqual([]);
        if (plan.minor === 0) expect(added).not.toContain("Transfer-Encoding");
        if (plan.status === 204) expect(added.filter((name) => name !== "Connection")).toEqual([]);
        if (response.framing === "chunked") expect(response.trailers).toEqual(plan.trailers);

        const asked = plan.connection !== "close" && (plan.minor === 1 || plan.connection === "keep-alive");
        expect(response.keepAlive).toBe(asked && response.framing !== "until-close");
        expect(server.connection.persistent).toBe(response.keepAlive);
        expect(server.connection.responseState).toBe(response.keepAlive ? "done" : "closed");
        const again = server.receive(request({ target: "/again" }));
        expect(again).toEqual(response.keepAlive ? [["request", "/again"], ["end"]] : []);
      }),
      runs(2_000),
    );
  });

  it("may follow others on one connection", () => {
    fc.assert(
      fc.property(fc.array(exchange, { minLength: 1, maxLength: 5 }), (plans) => {
        const server = new Harness();
        const sent: Exchange[] = [];
        server.receive(plans.map(ask).join(""));
        for (const plan of plans) {
          respond(server, plan);
          sent.push(plan);
          if (!server.connection.persistent) break;
          server.next();
        }
        let rest = server.written();
        for (const plan of sent) {
          const response = parseResponse(rest, plan.method);
          expect(response.status).toBe(plan.status);
          rest = response.rest;
        }
        expect(rest).toBe("");
      }),
      runs(300),
    );
  });

  it("is written with as few calls as it can be", () => {
    const server = pending();
    server.connection.respond({ status: 200 }, "ASCII");
    expect(server.output.writes).toBe(1);
  });
});

describe("Node's own HTTP client", () => {
  let server: Server;
  let bytes = Buffer.alloc(0);
  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(bytes));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
  });

  it("reads the same", async () => {
    await fc.assert(
      fc.asyncProperty(exchange, async (plan) => {
        const harness = new Harness();
        harness.receive(ask(plan));
        respond(harness, plan);
        const text = harness.written();
        bytes = Buffer.from(text, "latin1");
        const expected = parseResponse(text, plan.method);

        const client = httpRequest({
          port: (server.address() as AddressInfo).port,
          method: plan.method,
          agent: false,
        });
        client.end();
        const [response] = (await once(client, "response")) as [IncomingMessage];
        const content: Buffer[] = [];
        for await (const chunk of response) content.push(chunk as Buffer);
        expect(response.complete).toBe(true);
        expect(response.statusCode).toBe(plan.status);
        expect(response.statusMessage).toBe(expected.reason);
        expect(Buffer.concat(content).toString("latin1")).toBe(expected.content);
        expect(response.rawHeaders).toEqual(expected.fields);
        expect(response.rawTrailers).toEqual(expected.trailers);
      }),
      runs(150),
    );
  });
});
