/** The same input to this package and to `ws` 8, in both roles: with its parser and its writer. On sockets: ws-sockets.test.ts. */
import { Writable } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as ws from "ws";
import {
  conversation,
  cut,
  INVALID_KINDS,
  invalidBy,
  split,
  wrongMask,
} from "../../src/arbitraries/index.ts";
import type { Event } from "../../src/index.ts";
import { hear, peerOf, plain, ROLES, runs } from "../support.ts";

/** ws exports its two halves, but its types do not know them. */
const { Receiver, Sender } = ws as unknown as {
  Receiver: new (options: { isServer: boolean; maxPayload: number }) => Writable;
  Sender: new (
    socket: Writable,
  ) => {
    send(
      data: string | Uint8Array,
      options: { binary: boolean; compress: boolean; fin: boolean; mask: boolean },
      done: () => void,
    ): void;
    ping(data: Uint8Array, mask: boolean, done: () => void): void;
    pong(data: Uint8Array, mask: boolean, done: () => void): void;
    close(code: number | undefined, reason: string, mask: boolean, done: () => void): void;
  };
};

/** What ws hears, in the notation of `plain()`, but with the close code for an error. */
async function wsHears(role: "server" | "client", pieces: readonly Uint8Array[]): Promise<string[]> {
  const receiver = new Receiver({ isServer: role === "server", maxPayload: 16 * 1024 * 1024 });
  const heard: string[] = [];
  receiver.on("message", (data: Buffer, isBinary: boolean) => {
    heard.push(plain(isBinary ? { type: "binary", bytes: data } : { type: "text", text: data.toString() }));
  });
  receiver.on("ping", (bytes: Buffer) => heard.push(plain({ type: "ping", bytes })));
  receiver.on("pong", (bytes: Buffer) => heard.push(plain({ type: "pong", bytes })));
  const ended = new Promise<void>((resolve) => {
    receiver.on("conclude", (code: number, reason: Buffer) => {
      heard.push(plain({ type: "close", code, reason: reason.toString() }));
      resolve();
    });
    receiver.on("error", (error) => {
      const symbol = Object.getOwnPropertySymbols(error).find((one) => one.description === "status-code");
      heard.push(`error ${Reflect.get(error, symbol!)}`);
      resolve();
    });
  });
  for (const piece of pieces) {
    // A copy, since ws unmasks in place.
    const written = new Promise<void>((resolve) => receiver.write(Buffer.from(piece), () => resolve()));
    await Promise.race([written, ended]);
    if (receiver.writableEnded || receiver.destroyed) {
      await ended;
      break;
    }
  }
  return heard;
}

describe.each(ROLES)("ws and a %s of ours", (role) => {
  const from = peerOf(role);

  it("hear the same conversations", async () => {
    const said = conversation(from).chain(({ bytes }) => split(bytes));
    await fc.assert(
      fc.asyncProperty(said, async (pieces) => {
        expect(hear(role, pieces).events).toEqual(await wsHears(role, pieces));
      }),
      runs(500),
    );
  });

  it("refuse the same input with the same code", async () => {
    // ws takes lengths that are not in their shortest form, calls the high bit too big, and counts no empty fragments.
    const ours = ["LENGTH_NOT_MINIMAL", "LENGTH_HIGH_BIT", "TOO_MANY_EMPTY_FRAGMENTS"];
    const kinds = INVALID_KINDS.filter((kind) => !ours.includes(kind));
    const wrong = fc.oneof(wrongMask(from), ...kinds.map((kind) => invalidBy(from, kind)));
    await fc.assert(
      fc.asyncProperty(wrong, fc.nat(), async (input, place) => {
        const pieces = cut(
          input.bytes,
          [place % input.bytes.length].filter((at) => at > 0),
        );
        const { events } = hear(role, pieces);
        expect([...events.slice(0, -1), `error ${input.closeCode}`]).toEqual(await wsHears(role, pieces));
      }),
      runs(500),
    );
  });

  it("understand each other's frames", async () => {
    await fc.assert(
      fc.asyncProperty(conversation(from), async ({ events }) => {
        const chunks: Buffer[] = [];
        const socket = new Writable({
          write(chunk: Buffer, _encoding, done) {
            chunks.push(chunk);
            done();
          },
        });
        const sender = new Sender(socket);
        const mask = from === "client";
        for (const event of events) await new Promise<void>((done) => sendByWs(event, done));
        expect(hear(role, [Buffer.concat(chunks)]).events).toEqual(events.map(plain));

        function sendByWs(event: Event, done: () => void): void {
          const options = { binary: event.type === "binary", compress: false, fin: true, mask };
          if (event.type === "text") sender.send(event.text, options, done);
          else if (event.type === "binary") sender.send(event.bytes, options, done);
          else if (event.type === "ping") sender.ping(event.bytes, mask, done);
          else if (event.type === "pong") sender.pong(event.bytes, mask, done);
          else if (event.type === "close")
            sender.close(event.code === 1005 ? undefined : event.code, event.reason, mask, done);
        }
      }),
      runs(300),
    );
  });
});
