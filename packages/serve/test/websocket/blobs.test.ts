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
import { type Pair, pair, startWebSockets } from "../support/websocket-pair.ts";

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

describe("a Blob that is published", () => {
  const texts = async ({ client }: Pair, count: number): Promise<string[]> =>
    (await client.frames(count)).map(({ payload }) => payload.toString());

  it("keeps its place among what is published and sent", async () => {
    const { server, connect } = startWebSockets();
    const [first, other] = [await connect(), await connect()];
    first.ws.subscribe("news");
    other.ws.subscribe("news");
    expect(server.publish("news", new Blob(["1", new Blob([" and"]), " more"]))).toBe("1 and more".length);
    server.publish("news", "2");
    first.ws.send("3");
    expect(other.ws.publish("news", new Blob(["4"]))).toBe(1);
    first.ws.send("5");
    expect(await texts(first, 5)).toEqual(["1 and more", "2", "3", "4", "5"]);
    expect(await texts(other, 2)).toEqual(["1 and more", "2"]);
  });

  it("goes to the subscribers of that moment, who may leave behind it", async () => {
    const { server, connect } = startWebSockets();
    const [leaves, closes, comes] = [await connect(), await connect(), await connect()];
    leaves.ws.subscribe("news");
    closes.ws.subscribe("news");
    server.publish("news", new Blob(["last"]));
    leaves.ws.unsubscribe("news");
    closes.ws.close(4000);
    comes.ws.subscribe("news");
    server.publish("news", "next");
    expect(await texts(leaves, 1)).toEqual(["last"]);
    expect(await texts(closes, 1)).toEqual(["last"]);
    expect(await closes.client.closing()).toEqual({ code: 4000, reason: "" });
    expect(await texts(comes, 1)).toEqual(["next"]);
  });

  it("has its number in the order of a history, too", async () => {
    const { server, connect } = startWebSockets({}, systemClock, {
      topics: { "room/*": { history: { size: 20, seconds: 60 } } },
    });
    const end = await connect();
    end.ws.subscribe("room/1");
    server.publish("room/1", new Blob(["1"]));
    const second = server.topics.publish("room/1", new Blob(["2"]));
    await server.topics.publish("room/1", "3");
    await second;
    expect(await texts(end, 3)).toEqual(["1", "2", "3"]);
  });

  it("is published when it has been read, if it is a file or has a method of its own for its bytes", async () => {
    const { server, connect } = startWebSockets();
    const end = await connect();
    end.ws.subscribe("news");
    const late = new LateBlob(["late"]);
    server.publish("news", late);
    server.publish("news", file(join(dir, "a.txt")));
    server.publish("news", "now");
    expect(await texts(end, 2)).toEqual(["now", "of a file"]);
    late.ready.open();
    expect(await texts(end, 1)).toEqual(["late"]);
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
