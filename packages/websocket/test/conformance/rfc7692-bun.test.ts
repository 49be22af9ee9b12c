/** The responses of our server and of Bun's to the same offers of permessage-deflate under the same options. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { findBun, NO_BUN } from "@mantou/testing/bun";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compressedMessages, deflateElement, wrongDeflate } from "../../src/arbitraries/index.ts";
import {
  acceptDeflate,
  type BinaryEvent,
  type DeflateOptions,
  deflateSettings,
  formatExtensions,
  parseExtensions,
} from "../../src/index.ts";
import { startBun } from "../bun.ts";
import { deflating, marked } from "../deflate-sides.ts";
import { deflateOptions, readHeader } from "../deflate-support.ts";
import { KEY } from "../handshake-support.ts";
import { receive, wire } from "../support.ts";

const bun = findBun();

/** A socket behind Bun's response to an offer, and the response; null for none. */
async function shakeHands(port: number, offer: string): Promise<{ socket: Socket; response: string | null }> {
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Extensions: ${offer}\r\n\r\n`,
  );
  let head = "";
  while (!head.includes("\r\n\r\n")) head += ((await once(socket, "data")) as [Buffer])[0].toString("latin1");
  return { socket, response: /\r\nSec-WebSocket-Extensions: (.*)\r\n/i.exec(head)?.[1] ?? null };
}

/** Bun has one shared compressor with the greatest window, so without context it cannot keep to a smaller one. */
function bunDeclines(offer: string, options: DeflateOptions): boolean {
  const exchange = new Map(parseExtensions(offer)![0]!.params);
  const alone =
    exchange.has("server_no_context_takeover") || deflateSettings(options)?.compress?.takeover !== true;
  return alone && Number(exchange.get("server_max_window_bits") ?? 15) < 15;
}

describe.skipIf(bun === null)(`Bun's server${bun === null ? ` (${NO_BUN})` : ""}`, () => {
  it("responds as ours does, but for small windows without context", async () => {
    const options = fc.sample(deflateOptions(), { numRuns: 40, seed: 1 });
    const { child, line } = startBun(bun!, "deflate-server.mjs", JSON.stringify(options));
    try {
      const ports = (await line()) as number[];
      const offers = fc.oneof(
        { weight: 4, arbitrary: deflateElement("client").map(({ extension }) => extension) },
        { weight: 1, arbitrary: wrongDeflate("client") },
      );
      // Plainly written: Bun knows no white space around the equals sign.
      const written = offers.map((one) => formatExtensions([one]));
      let declined = 0;
      let accepted = 0;
      for (const [i, port] of ports.entries()) {
        for (const offer of fc.sample(written, { numRuns: 20, seed: i })) {
          const ours = acceptDeflate(offer, options[i]!)?.header ?? null;
          const { socket, response: theirs } = await shakeHands(port, offer);
          socket.destroy();
          if (ours !== null && bunDeclines(offer, options[i]!)) {
            declined++;
            expect(theirs).toBeNull();
          } else {
            if (ours !== null) accepted++;
            expect([offer, options[i], theirs]).toEqual([offer, options[i], ours]);
          }
        }
      }
      expect([declined > 50, accepted > 100]).toEqual([true, true]);
    } finally {
      child.kill();
    }
  });

  it("receives valid compressed messages, and our client receives its echo", async () => {
    const options = [
      { compress: "dedicated", decompress: "dedicated" },
      { compress: "3KB", decompress: "3KB" },
      true,
    ];
    const { child, line } = startBun(bun!, "deflate-server.mjs", JSON.stringify(options));
    try {
      for (const port of (await line()) as number[]) {
        for (let windowBits = 8; windowBits <= 15; windowBits++) {
          const { socket, response } = await shakeHands(
            port,
            `permessage-deflate; client_max_window_bits=${windowBits}`,
          );
          const params = readHeader(response!);
          const { connection } = deflating("client", params);
          const takeover = !params.clientNoContextTakeover;
          // The agreement of the three that binds most. Bun does not read on behind a final block.
          const limits = {
            windowBits: Math.min(windowBits, params.clientMaxWindowBits),
            takeover,
            finalBlocks: false,
          };
          const exchange = fc.sample(compressedMessages(limits), { numRuns: 15, seed: windowBits });
          // One sequence is one window, so that only the first can go on this connection if there is a context.
          const messages = takeover ? exchange.toSorted((a, b) => b.length - a.length)[0]! : exchange.flat();
          const received: Buffer[] = [];
          for (const { payload } of messages) socket.write(wire("client", marked(payload)));
          while (received.length < messages.length) {
            for (const event of receive(connection, ((await once(socket, "data")) as [Buffer])[0]))
              received.push((event as BinaryEvent).bytes);
          }
          expect(received.every((bytes, i) => bytes.equals(messages[i]!.message))).toBe(true);
          socket.destroy();
        }
      }
    } finally {
      child.kill();
    }
  });
});
