import { describe, expect, it } from "vitest";
import { captureErrors } from "./support/errors.ts";
import { OPCODE } from "./support/raw-websocket.ts";
import { turns, until } from "./support/wait.ts";
import { pair, startWebSockets } from "./support/websocket-pair.ts";
import { openWs } from "./support/ws-client.ts";

captureErrors();

/** More than 64 KiB on both sides of the compressor, so that it goes through the thread pool. */
const big = Buffer.from(Array.from({ length: 150_000 }, (_, i) => ((i * i * 7919) >> 9) & 255)).toString(
  "base64",
);

describe("a Blob", () => {
  it.each([0, 1, 100_000])("of %i bytes comes before what is sent and published behind it", async (size) => {
    const { ws, client, server } = await pair();
    ws.subscribe("news");
    ws.send(new Blob([Buffer.alloc(size, 1)]));
    server.publish("news", "published");
    await turns(1);
    ws.send("sent");
    const [blob, published, sent] = await client.frames(3);
    expect(blob).toEqual({ opcode: OPCODE.binary, payload: Buffer.alloc(size, 1) });
    expect([String(published!.payload), String(sent!.payload)]).toEqual(["published", "sent"]);
  });
});

describe("messages that wait for the thread pool", () => {
  it("are backpressure when others wait ahead of them, and `drain` comes when all are written", async () => {
    const events: string[] = [];
    const { server } = startWebSockets({
      perMessageDeflate: true,
      message(ws) {
        events.push(`${ws.send(big, true)} ${ws.send("small", true)} ${ws.send(big, true)}`);
      },
      drain: (ws) => void events.push(`drain at ${ws.getBufferedAmount()}`),
    });
    const client = await openWs(server, "/", { perMessageDeflate: true });
    client.socket.send("go");
    expect(await client.take(3)).toEqual([big, "small", big]);
    await until(() => events.length > 1, "drain");
    expect(events).toEqual([`${big.length} -1 -1`, "drain at 0"]);
  });

  it("are refused beyond the limit, and `drain` says when more can be sent", async () => {
    let sent = 0;
    let refused = 0;
    const { server } = startWebSockets({
      perMessageDeflate: true,
      backpressureLimit: 2.5 * big.length,
      open(ws) {
        for (let result = 1; result !== 0; ) {
          result = ws.send(big, true);
          if (result === 0) refused++;
          else sent++;
        }
      },
      drain: (ws) => void ws.send("drained"),
    });
    const client = await openWs(server, "/", { perMessageDeflate: true });
    expect(await client.take(4)).toEqual([big, big, big, "drained"]);
    expect([sent, refused]).toEqual([3, 1]);
  });

  it("and are lost with their client, are not told of by `drain`", async () => {
    let drained = 0;
    const { server } = startWebSockets({
      perMessageDeflate: true,
      open: (ws) => void (ws.send(big, true) && ws.send(big, true)),
      drain: () => void drained++,
    });
    const client = await openWs(server, "/", { perMessageDeflate: true });
    client.socket.terminate();
    await until(() => server.webSockets.size === 0, "gone");
    await turns(5);
    expect(drained).toBe(0);
  });
});
