/** The same input to this package and to `ws` 8, in both roles: with its parser and its writer. On sockets: ws-sockets.test.ts. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  conversation,
  cut,
  INVALID_KINDS,
  invalidBy,
  split,
  wrongMask,
} from "../../src/arbitraries/index.ts";
import type { Event } from "../../src/index.ts";
import { feed, peerOf, plain, ROLES, runs } from "../support.ts";
import { type WsSender, wsBytes, wsReceives } from "../ws-halves.ts";

describe.each(ROLES)("ws and a %s of ours", (role) => {
  const from = peerOf(role);

  it("have the same events of conversations", async () => {
    const exchange = conversation(from).chain(({ bytes }) => split(bytes));
    await fc.assert(
      fc.asyncProperty(exchange, async (pieces) => {
        expect(feed(role, pieces).events).toEqual(await wsReceives(role, null, pieces));
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
        const { events } = feed(role, pieces);
        expect([...events.slice(0, -1), `error ${input.closeCode}`]).toEqual(
          await wsReceives(role, null, pieces),
        );
      }),
      runs(500),
    );
  });

  it("understand each other's frames", async () => {
    await fc.assert(
      fc.asyncProperty(conversation(from), async ({ events }) => {
        const mask = from === "client";
        const bytes = await wsBytes(async (sender) => {
          for (const event of events) await new Promise<void>((done) => sendByWs(sender, event, done));
        });
        expect(feed(role, [bytes]).events).toEqual(events.map(plain));

        function sendByWs(sender: WsSender, event: Event, done: () => void): void {
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
