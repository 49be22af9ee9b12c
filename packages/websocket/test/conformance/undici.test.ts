/** undici 7's WebSocket, which is Node.js's own: its events for the same bytes, and conversations of both. */
import * as fc from "fast-check";
import { WebSocket } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { message } from "../../src/arbitraries/index.ts";
import { peerSuite } from "../peer-suite.ts";
import { sendToClients } from "../peers.ts";
import { acceptAll, closeAll, run } from "../sockets.ts";
import { plain } from "../support.ts";

afterEach(closeAll);

/** See peer-differences.ts. */
function beginsWithMark(event: string): boolean {
  return event.startsWith('text "\ufeff');
}

/** Notes the messages that come; resolves with code and reason when the client is closed. */
function hearing(client: WebSocket, received: string[]): Promise<readonly [number, string]> {
  client.binaryType = "arraybuffer";
  client.onmessage = ({ data }) => {
    received.push(
      plain(
        typeof data === "string"
          ? { type: "text", text: data }
          : { type: "binary", bytes: Buffer.from(data) },
      ),
    );
  };
  return new Promise((resolve) => {
    client.onclose = ({ code, reason }) => resolve([code, reason]);
  });
}

describe("an undici client", () => {
  peerSuite(
    "undici client",
    "client",
    (inputs) =>
      sendToClients(inputs, async (url, received) => {
        await hearing(new WebSocket(url), received);
      }),
    ({ received }) => !received.some(beginsWithMark),
  );

  it("receives our server's messages, and our server its replies", async () => {
    const messages = fc
      .sample(message(), { numRuns: 200, seed: 2 })
      .filter((one) => !beginsWithMark(plain(one)));
    const back: string[] = [];
    const port = await acceptAll((socket) => {
      const connection = run("server", socket, (event) => {
        back.push(plain(event));
        if (back.length === messages.length) connection.close(4003, "thanks");
      });
      for (const one of messages)
        one.type === "text" ? connection.text(one.text) : connection.binary(one.bytes);
    });
    const received: string[] = [];
    const client = new WebSocket(`ws://127.0.0.1:${port}`, ["a"]);
    const closed = hearing(client, received);
    client.addEventListener("message", ({ data }) => client.send(data));
    expect(await closed).toEqual([4003, "thanks"]);
    const all = messages.map(plain);
    expect(received.every((one, i) => one === all[i]) && received.length === all.length).toBe(true);
    // undici responds with the code only, as in §5.5.1.
    expect(back).toEqual([...all, 'close 4003 ""']);
  });
});
