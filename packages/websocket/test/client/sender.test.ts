import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { Sender } from "../../src/client/sender.ts";
import { Connection } from "../../src/connection.ts";
import { receive, side } from "../support.ts";
import { afterTest, until } from "./support.ts";

/** Its size when it is sent is not that of its bytes: a file that grows meanwhile, or a pipe. */
function otherSize(bytes: string, told: number): Blob {
  return Object.defineProperty(new Blob([bytes]), "size", { value: told });
}

/** A sender on a socket, and the bytes that a server gets of it. */
async function setUp(): Promise<{
  sender: Sender;
  connection: Connection;
  received: string[];
  failed: unknown[];
}> {
  const server = createServer().listen(0, "127.0.0.1");
  afterTest(() => server.close());
  await once(server, "listening");
  const near = connect((server.address() as AddressInfo).port, "127.0.0.1");
  afterTest(() => near.destroy());
  const [far] = (await once(server, "connection")) as [Socket];
  afterTest(() => far.destroy());
  const received: string[] = [];
  const peer = side("server").connection;
  far.on("data", (bytes) => received.push(...receive(peer, bytes).map(({ type }) => type)));
  far.on("end", () => received.push("end"));
  const failed: unknown[] = [];
  const sender = new Sender(near, (error) => failed.push(error));
  const connection = new Connection({ role: "client", output: sender.outbox });
  return { sender, connection, received, failed };
}

describe("Sender", () => {
  it("only counts before it is open, and behind its Close frame", async () => {
    const { sender, connection, received } = await setUp();
    sender.message("12");
    sender.control("ping", "not counted");
    sender.open(connection);
    expect(sender.buffered).toBe(2);
    sender.message(Uint8Array.of(1, 2, 3));
    sender.control("pong", "");
    expect([sender.buffered, sender.closing]).toEqual([5, false]);
    sender.close(1000, "");
    expect(sender.closing).toBe(true);
    sender.message("1234");
    sender.control("ping", "");
    sender.close(1001, "");
    await until(() => received.includes("close"), "the Close frame");
    expect(received).toEqual(["binary", "pong", "close"]);
    expect(sender.buffered).toBe(6);
  });

  it.each([
    { told: 2, counted: 2 },
    { told: 8, counted: 8 },
    { told: Number.POSITIVE_INFINITY, counted: 0 },
  ])("counts a Blob that has told a size of $told, and not its bytes, until it is sent", async ({
    told,
    counted,
  }) => {
    const { sender, connection, received } = await setUp();
    sender.open(connection);
    sender.message(otherSize("12345", told));
    sender.message("1");
    sender.message(otherSize("12345", told));
    expect(sender.buffered).toBe(2 * counted + 1);
    sender.close(1000, "");
    await until(() => received.includes("close"), "the Close frame");
    expect(received).toEqual(["binary", "text", "binary", "close"]);
    await until(() => !sender.outbox.congested, "all is taken");
    expect(sender.buffered).toBe(0);
  });

  it("writes at the end of the turn, or by flush, and can end behind that", async () => {
    const { sender, connection, received } = await setUp();
    sender.open(connection);
    sender.message("1");
    expect(sender.outbox.congested).toBe(false);
    sender.flush();
    expect(sender.outbox.congested).toBe(true);
    sender.message(new Uint8Array(1_000_000));
    sender.end();
    await until(() => received.includes("end"), "the end");
    expect(received).toEqual(["text", "binary", "end"]);
    expect(sender.buffered).toBe(0);
  });

  it("drops the data that waits for a Blob", async () => {
    const { sender, connection, received, failed } = await setUp();
    sender.open(connection);
    sender.message(new Blob(["1"]));
    sender.message("2");
    sender.drop();
    sender.message("3");
    await until(() => received.length === 1, "the last");
    expect([received, failed, sender.buffered]).toEqual([["text"], [], 2]);
  });
});
