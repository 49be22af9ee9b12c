import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResponseCounter } from "../../src/load/responses.ts";
import { FixedResponse } from "../../src/servers/fixed-response.ts";

describe("FixedResponse", () => {
  it("gives each request one response, wherever reads cut after the first head", () => {
    const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const cuts = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), cuts, (count, sizes) => {
        const fixed = new FixedResponse();
        const responses = new ResponseCounter();
        const stream = Buffer.from(request.repeat(count));
        let received = 0;
        let at = 0;
        for (let turn = 0; at < stream.length; turn++) {
          const size = turn === 0 ? request.length : sizes[turn % sizes.length]!;
          const reply = fixed.reply(stream.subarray(at, at + size));
          at += size;
          if (reply !== undefined) received += responses.receive(reply);
          expect(received).toBe(Math.floor(Math.min(at, stream.length) / request.length));
        }
        expect(received).toBe(count);
      }),
    );
  });

  it("knows from the first request whether the connection ends", () => {
    const closesAfter = (request: string): boolean => {
      const fixed = new FixedResponse();
      fixed.reply(Buffer.from(request));
      return fixed.closes;
    };
    expect(closesAfter("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).toBe(false);
    expect(closesAfter("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).toBe(true);
  });
});
