import { captureErrors } from "@mantou/testing/errors";
import { OPCODE } from "@mantou/testing/raw-websocket";
import { gate, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { TestClock } from "../support/servers.ts";
import { startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

/** Its bytes are there when the test says so. */
class LateBlob extends Blob {
  readonly ready = gate();

  override async arrayBuffer(): Promise<ArrayBuffer> {
    await this.ready.promise;
    return super.arrayBuffer();
  }
}

describe("a Blob that is still read when the client closes", () => {
  it.each([
    { how: "the client", fields: [], code: 1000 },
    { how: "the server, too", fields: [], code: 4000 },
    { how: "the client, with compression", fields: ["permessage-deflate"], code: 1000 },
  ])("leaves before the Close frame and the end of the connection: closed by $how", async ({
    fields,
    code,
  }) => {
    // The time in which the client must end the connection never passes.
    const { server, connect } = startWebSockets({ perMessageDeflate: true }, new TestClock());
    const { ws, client } = await connect(fields.map((each) => `Sec-WebSocket-Extensions: ${each}`));
    const [connection] = [...server.webSockets];
    const blob = new LateBlob(["late"]);
    ws.send(blob);
    if (code !== 1000) ws.close(code);
    client.close(1000);
    await until(() => connection!.machine.closeReceived, "the client's Close frame");
    expect([ws.readyState, connection!.machine.closeSent]).toEqual([3, false]);
    blob.ready.open();
    expect(await client.frame()).toEqual({ opcode: OPCODE.binary, payload: Buffer.from("late") });
    expect(await client.closing()).toEqual({ code, reason: "" });
    await client.client.closedByServer();
    client.client.end();
    await until(() => server.webSockets.size === 0, "gone");
  });
});
