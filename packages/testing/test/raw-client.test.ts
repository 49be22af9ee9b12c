import type net from "node:net";
import { describe, expect, it } from "vitest";
import { connect, type RawClient } from "../src/raw-client.ts";
import { listening } from "./support/server.ts";

/** A client of a server that sends these pieces, each when the one before has come, and keeps the connection. */
async function receiving(...pieces: readonly string[]): Promise<RawClient> {
  const port = await listening((socket) => {
    const next = (at: number): void => {
      if (at < pieces.length) socket.write(pieces[at]!, "latin1", () => setImmediate(next, at + 1));
    };
    next(0);
  });
  return connect({ port });
}

describe("a response", () => {
  it("is taken whole, however it is framed", async () => {
    const client = await receiving(
      "HTTP/1.1 200 OK\r\nContent-Le",
      "ngth: 3\r\n\r\nab",
      "cHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
      "0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    );
    expect(await client.response()).toMatchObject({ text: "abc", framing: "length" });
    expect(await client.response()).toMatchObject({ text: "ab", framing: "chunked" });
    expect(await client.response()).toMatchObject({ status: 204, framing: "none" });
  });

  it.each([
    ["a status line of another version", "HTTP/2 200 OK\r\n\r\n", "Not a status line"],
    ["a field without a colon", "HTTP/1.1 200 OK\r\nName\r\n\r\n", "Not a field line"],
    ["a blank before the colon", "HTTP/1.1 200 OK\r\nName : x\r\n\r\n", "Not a field line"],
    [
      "both framings",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "both framings",
    ],
    [
      "a chunk without a size",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
      "Not a chunk size",
    ],
  ])(
    "that is malformed fails at once, though the connection is open: %s",
    async (_what, bytes, fault) => {
      const client = await receiving(bytes);
      await expect(client.response()).rejects.toThrow(fault);
      expect(client.closed).toBe(false);
    },
    20_000,
  );

  it("that the connection's end cuts off is a failure", async () => {
    const port = await listening((socket: net.Socket) => {
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab");
    });
    const client = connect({ port });
    client.end();
    await expect(client.response()).rejects.toThrow("a whole response was expected");
  });
});
