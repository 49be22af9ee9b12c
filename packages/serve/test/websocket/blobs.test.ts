import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { OPCODE } from "@mantou/testing/raw-websocket";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { gate, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { file } from "../../src/fetch/file.ts";
import { systemClock } from "../../src/socket/timeouts.ts";
import { TestClock } from "../support/servers.ts";
import { TopicClient } from "../support/topic-client.ts";
import { pair, startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

const dir = tempDir();
fill(dir, { "a.txt": "of a file" });

/** Its bytes are there when the test says so. */
class LateBlob extends Blob {
  readonly ready = gate();

  override async arrayBuffer(): Promise<ArrayBuffer> {
    await this.ready.promise;
    return super.arrayBuffer();
  }
}

/** A Blob with bytes other than those of its parts. */
class OtherBlob extends Blob {
  override async arrayBuffer(): Promise<ArrayBuffer> {
    return new Blob(["of its own method"]).arrayBuffer();
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

describe("a Blob for a topic client", () => {
  it("may be a file, or have a method of its own for its bytes", async () => {
    const sent: number[] = [];
    const { server } = startWebSockets(
      {
        open(ws) {
          for (const blob of [file(join(dir, "a.txt")), new OtherBlob(["parts"]), new Blob(["plain"])])
            sent.push(ws.send(blob));
        },
      },
      systemClock,
      { topics: { "room/*": { history: { size: 20, seconds: 60 } } } },
    );
    const client = await TopicClient.open(server);
    expect((await client.take(4)).slice(1)).toEqual(["#d⏎of a file", "#d⏎of its own method", "#d⏎plain"]);
    expect(sent).toEqual(["of a file".length, "parts".length, "plain".length]);
  });
});

it.skipIf(process.platform === "win32")(
  "a pipe, whose size is infinite, does not count, and what is behind it leaves",
  async () => {
    const path = join(dir, "pipe");
    execFileSync("mkfifo", [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const writer = openSync(path, "w");
      writeSync(writer, "piped");
      closeSync(writer);
      const { ws, client } = await pair({}, new TestClock());
      expect([ws.send(file(reader)), ws.getBufferedAmount()]).toEqual([Number.POSITIVE_INFINITY, 0]);
      expect([ws.send("behind"), ws.getBufferedAmount()]).toEqual([6, 6]);
      ws.close(4000);
      expect(await client.frame()).toEqual({ opcode: OPCODE.binary, payload: Buffer.from("piped") });
      expect(await client.texts(1)).toEqual(["behind"]);
      expect(await client.closing()).toEqual({ code: 4000, reason: "" });
      expect(ws.getBufferedAmount()).toBe(0);
    } finally {
      closeSync(reader);
    }
  },
);
