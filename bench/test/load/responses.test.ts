import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResponseCounter } from "../../src/load/responses.ts";

function response(body: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\nX: y\r\n\r\n${body}`;
}

/** The same in chunks, of which there may be none but the last. */
function chunked(body: string): string {
  const chunks = body.match(/.{1,20}/gs) ?? [];
  const lines = chunks.map((chunk) => `${chunk.length.toString(16)};a=b\r\n${chunk}\r\n`);
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${lines.join("")}0\r\nTrailer: t\r\n\r\n`;
}

describe("ResponseCounter", () => {
  it("counts the same at every split", () => {
    const body = fc.constantFrom("", "Bun!", "\r\n\r\n", "x".repeat(40));
    const bodies = fc.array(
      body.chain((text) => fc.constantFrom(response(text), chunked(text))),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (list, sizes) => {
        const stream = Buffer.from(list.join(""), "latin1");
        const counter = new ResponseCounter();
        // One buffer for all reads, as a socket's is.
        const borrowed = Buffer.alloc(50);
        let count = 0;
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = stream.copy(borrowed, 0, at, at + sizes[turn % sizes.length]!);
          count += counter.receive(borrowed.subarray(0, size));
          borrowed.fill(0);
          at += size;
        }
        expect(count).toBe(list.length);
      }),
    );
  });

  it("does not count a response before its last byte", () => {
    const bytes = Buffer.from(response("Bun!"), "latin1");
    const counter = new ResponseCounter();
    expect(counter.receive(bytes.subarray(0, -1))).toBe(0);
    expect(counter.receive(bytes.subarray(-1))).toBe(1);
  });

  it("counts bytes of content", () => {
    const counter = new ResponseCounter();
    counter.receive(Buffer.from(response("Bun!") + response("").repeat(2) + response("12"), "latin1"));
    expect(counter.contentBytes).toBe(6);
  });

  it("refuses another status and a body of unknown length", () => {
    const receive = (text: string): number => new ResponseCounter().receive(Buffer.from(text, "latin1"));
    expect(() => receive("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")).toThrow(
      "HTTP/1.1 404 Not Found",
    );
    expect(() => receive("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")).toThrow("Content-Length");
    expect(() => receive(`${chunked("").split("\r\n\r\n")[0]}\r\n\r\nBun!\r\n`)).toThrow(
      'a chunk begins with "Bun!"',
    );
  });
});
