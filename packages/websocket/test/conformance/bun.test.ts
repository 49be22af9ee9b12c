/** The real Bun in both roles, on real sockets: its events for the same bytes, and conversations of both. */

import { findBun, NO_BUN } from "@mantou/testing/bun";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { message } from "../../src/arbitraries/index.ts";
import { startBun } from "../bun.ts";
import { peerSuite } from "../peer-suite.ts";
import { sendToClients, tellServer } from "../peers.ts";
import { acceptAll, closeAll, closeLater, open, run } from "../sockets.ts";
import { plain } from "../support.ts";

interface Received {
  readonly received: string[];
  readonly close: readonly [code: number, reason: string];
}

const bun = findBun();
const messages = fc.sample(message(), { numRuns: 200, seed: 3 });
const all = messages.map(plain);

afterEach(closeAll);

function started(name: string, ...args: unknown[]): { line(): Promise<unknown> } {
  const script = startBun(bun!, name, ...args.map(String));
  closeLater(() => script.child.kill());
  return script;
}

async function bunServer(): Promise<{ port: number; line(): Promise<unknown> }> {
  const script = started("server.mjs");
  const { port } = (await script.line()) as { port: number };
  return { port, line: script.line };
}

describe.skipIf(bun === null)(`Bun's server${bun === null ? ` (${NO_BUN})` : ""}`, () => {
  peerSuite("Bun server", "server", async function* (inputs) {
    const { port, line } = await bunServer();
    for (const input of inputs) {
      const closeCode = await tellServer(port, "/", input);
      const { received } = (await line()) as Received;
      yield { received, closeCode };
    }
  });

  it("receives our client's messages, and our client its echo", async () => {
    const { port, line } = await bunServer();
    const socket = await open(port, "/echo");
    const back: string[] = [];
    const connection = run("client", socket, (event) => {
      back.push(plain(event));
      if (back.length === all.length) connection.close(4004, "thanks");
    });
    for (const one of messages)
      one.type === "text" ? connection.text(one.text) : connection.binary(one.bytes);
    socket.resume();
    await new Promise((resolve) => socket.on("end", resolve));
    const { received, close } = (await line()) as Received;
    expect(close).toEqual([4004, "thanks"]);
    expect(received).toEqual(all);
    expect(back).toEqual([...all, 'close 4004 "thanks"']);
  });
});

describe.skipIf(bun === null)(`Bun's client${bun === null ? ` (${NO_BUN})` : ""}`, () => {
  peerSuite("Bun client", "client", (inputs) => {
    let script: { line(): Promise<unknown> } | null = null;
    return sendToClients(inputs, async (url, received) => {
      script ??= started("client.mjs", url, inputs.length);
      received.push(...((await script.line()) as Received).received);
    });
  });

  it("receives our server's messages, and our server its echo", async () => {
    const back: string[] = [];
    const port = await acceptAll((socket) => {
      const connection = run("server", socket, (event) => {
        back.push(plain(event));
        if (back.length === all.length) connection.close(4005, "thanks");
      });
      for (const one of messages)
        one.type === "text" ? connection.text(one.text) : connection.binary(one.bytes);
    });
    const { line } = started("client.mjs", `ws://127.0.0.1:${port}/`, 1, "echo");
    const { received, close } = (await line()) as Received;
    expect(close).toEqual([4005, "thanks"]);
    expect(received).toEqual(all);
    expect(back).toEqual([...all, 'close 4005 "thanks"']);
  });
});
