import { Buffer } from "node:buffer";
import { captureErrors } from "@mantou/testing/errors";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ServeOptions } from "../../src/api/server.ts";
import type { ServerWebSocket, WebSocketHandler } from "../../src/api/websocket.ts";
import { systemClock } from "../../src/socket/timeouts.ts";
import { OFFER, positionOf, TopicClient } from "../support/topic-client.ts";
import { startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

const TOPICS = { "room/*": { history: { size: 300, seconds: 60 } } };

/** A server whose clients are subscribed to a topic with a history, and what its handlers get. */
function startRoom(handler: WebSocketHandler = {}, topics: ServeOptions["topics"] = TOPICS) {
  const sockets: ServerWebSocket[] = [];
  const received: unknown[] = [];
  const started = startWebSockets(
    {
      ...handler,
      open(ws) {
        sockets.push(ws);
        if (handler.open === undefined) ws.subscribe("room/1");
        else return handler.open(ws);
      },
      message(ws, message) {
        received.push(message);
        return handler.message?.(ws, message);
      },
    },
    systemClock,
    { ...(topics !== undefined && { topics }) },
  );
  return { ...started, sockets, received };
}

/** The texts behind the headers. */
const payloads = (lines: readonly string[]): string[] =>
  lines.filter((line) => /^#?[mp] /.test(line)).map((line) => line.split("⏎").slice(1).join("⏎"));

describe("the subprotocol mantou.topics.1", () => {
  const agreed = async (
    offer: string | null,
    topics: ServeOptions["topics"],
    named?: string,
  ): Promise<string | undefined> => {
    const { server } = startWebSockets({}, systemClock, topics === undefined ? {} : { topics });
    if (named !== undefined) {
      server.reload({
        fetch: (request, it) =>
          it.upgrade(request, { headers: { "Sec-WebSocket-Protocol": named } }) ? undefined : new Response(),
        websocket: { message() {} },
      });
    }
    const fields = offer === null ? [] : [`Sec-WebSocket-Protocol: ${offer}`];
    const { raw } = await TopicClient.open(server, fields);
    return raw.response.headers["sec-websocket-protocol"];
  };

  it("is agreed on if the client offers it, topics have rules, and upgrade names no other", async () => {
    expect(await agreed("mantou.topics.1", TOPICS)).toBe("mantou.topics.1");
    expect(await agreed("chat, mantou.topics.1", TOPICS)).toBe("mantou.topics.1");
    expect(await agreed("mantou.topics.1", TOPICS, "mantou.topics.1")).toBe("mantou.topics.1");
    expect(await agreed("mantou.topics.1, chat", TOPICS, "chat")).toBe("chat");
    expect(await agreed("chat", TOPICS)).toBe("chat");
    expect(await agreed(null, TOPICS)).toBe(undefined);
  });

  it("is not agreed on by a server that does not speak it: its client would misread each message", async () => {
    expect(await agreed("mantou.topics.1", undefined)).toBe(undefined);
    expect(await agreed("mantou.topics.1", {})).toBe(undefined);
    expect(await agreed("mantou.topics.1, chat", undefined)).toBe("chat");
  });
});

describe("a topic client", () => {
  it("is told its session, where it is live, and each message with its place; text and bytes", async () => {
    const { server, sockets } = startRoom();
    const client = await TopicClient.open(server);
    const [session, live] = await client.take(2);
    expect(session).toMatch(/^s [0-9a-f]{16}\.1$/);
    expect(live).toMatch(/^\+room\/1 [\w-]{1,32}\.0\.$/);
    server.publish("room/1", "Hällo\nyou");
    server.publish("room/1", "");
    server.publish("room/1", Buffer.from("bytes\n"));
    const messages = await client.take(3);
    expect(messages[0]).toMatch(/^m room\/1 1\.[\w-]{6}⏎Hällo⏎you$/);
    expect(messages[1]).toMatch(/^m room\/1 2\.[\w-]{6}⏎$/);
    expect(messages[2]).toMatch(/^#m room\/1 3\.[\w-]{6}⏎bytes⏎$/);
    sockets[0]!.unsubscribe("room/1");
    server.publish("room/1", "too late");
    sockets[0]!.subscribe("room/1");
    const [gone, back] = await client.take(2);
    expect(gone).toBe("-room/1");
    await turns(10);
    expect(positionOf(back!)).toMatch(/\.4\.[\w-]{6}$|\.3\.[\w-]{6}$/);
  });

  it("gets messages of plain topics with p, those of its application with d, and sends to it with d", async () => {
    const { server, sockets, received } = startRoom({ open: (ws) => void ws.subscribe("plain") });
    const client = await TopicClient.open(server);
    expect((await client.take(2))[1]).toBe("+plain");
    const [ws] = sockets;
    expect(server.publish("plain", "a\nb")).toBe(3);
    expect(ws!.send("text")).toBe(4);
    expect(ws!.send(Buffer.from([65]))).toBe(1);
    expect(ws!.send(new Blob(["blob"]))).toBe(4);
    server.publish("plain", Buffer.from("B"));
    expect(await client.take(5)).toEqual(["p plain⏎a⏎b", "d⏎text", "#d⏎A", "#d⏎blob", "#p plain⏎B"]);
    client.send("d⏎hello⏎");
    client.send("d⏎");
    client.sendBytes("d⏎bytes");
    await until(() => received.length === 3, "messages");
    expect(received.slice(0, 2)).toEqual(["hello\n", ""]);
    const bytes = received[2] as Buffer;
    expect([bytes.toString(), bytes.buffer.byteLength]).toEqual(["bytes", 5]);
  });

  it("reads topics of any characters", async () => {
    const named = ["a b", '"', "räume", "line\nfeed", "😀", "\ud800", "back\\slash"];
    const { server } = startRoom({
      open(ws) {
        for (const topic of named) ws.subscribe(topic);
      },
    });
    const client = await TopicClient.open(server);
    const lines = (await client.take(1 + named.length)).slice(1);
    expect(lines).toEqual([
      '+"a\\u0020b"',
      '+"\\""',
      '+"r\\u00e4ume"',
      '+"line\\nfeed"',
      '+"\\ud83d\\ude00"',
      '+"\\ud800"',
      "+back\\slash",
    ]);
    expect(lines.slice(0, 6).map((line) => JSON.parse(line.slice(1)))).toEqual(named.slice(0, 6));
  });

  it("is told the place of its own message, which is left out; others get the same bytes, plain clients none of it", async () => {
    const { server, sockets, connect } = startRoom({
      message: (ws, text) => void ws.publish("room/1", text),
    });
    const [one, other] = [await TopicClient.open(server), await TopicClient.open(server)];
    await one.upTo("+");
    await other.upTo("+");
    const plain = await connect();
    expect(sockets.length).toBe(3);
    one.send("d⏎mine");
    const [own] = await one.take(1);
    expect(own).toMatch(/^o room\/1 1\.[\w-]{6}$/);
    expect(await other.take(1)).toEqual([`m${own!.slice(1)}⏎mine`]);
    server.publish("room/1", "theirs");
    expect(await one.take(1)).toEqual(await other.take(1));
    expect(await plain.client.texts(2)).toEqual(["mine", "theirs"]);
  });

  it("gets compressed messages if it has agreed to that, with their headers", async () => {
    const { server } = startRoom({ perMessageDeflate: true });
    const fields = [...OFFER, "Sec-WebSocket-Extensions: permessage-deflate"];
    const [one, other] = [await TopicClient.open(server, fields), await TopicClient.open(server, fields)];
    const plain = await TopicClient.open(server);
    for (const client of [one, other, plain]) await client.raw.frames(2);
    server.publish("room/1", "compress me ".repeat(50));
    const [a, b, c] = await Promise.all([one, other, plain].map(({ raw }) => raw.frame()));
    expect([a!.rsv1, b!.rsv1, c!.rsv1]).toEqual([true, true, undefined]);
    expect(a!.payload.equals(b!.payload)).toBe(true);
    const { inflateRawSync, constants } = await import("node:zlib");
    const whole = Buffer.concat([a!.payload, Buffer.from([0, 0, 255, 255])]);
    expect(inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }).equals(c!.payload)).toBe(true);
    expect(c!.payload.toString()).toMatch(/^m room\/1 1\.[\w-]{6}\ncompress me /);
  });
});

describe("a replay", () => {
  it("gives what was missed, up to where the client is live, without what its earlier sessions have published", async () => {
    const { server } = startRoom({ message: (ws, text) => void ws.publish("room/1", text) });
    const first = await TopicClient.open(server);
    const began = positionOf((await first.upTo("+")).at(-1)!);
    first.send("d⏎mine");
    await first.upTo("o");
    server.publish("room/1", "2");
    server.publish("room/1", Buffer.from("3"));
    await first.take(2);
    first.end();
    const back = await TopicClient.open(server);
    const to = positionOf((await back.upTo("+")).at(-1)!);
    back.send(`r ${first.session}⏎room/1 ${began} ${to}`);
    const replay = await back.upTo("=");
    expect(replay.map((line) => line.replace(/\.[\w-]{6}⏎/, "⏎"))).toEqual([
      "m room/1 2⏎2",
      "#m room/1 3⏎3",
      `=room/1 ${to}`,
    ]);
    back.send(`r⏎room/1 ${began} ${to}`);
    expect(payloads(await back.upTo("="))).toEqual(["mine", "2", "3"]);
    back.send(`r⏎room/1 ${to} ${to}`);
    expect(await back.take(1)).toEqual([`=room/1 ${to}`]);
    server.publish("room/1", "live");
    expect(payloads(await back.take(1))).toEqual(["live"]);
  });

  it("gives the last messages to a client without a position, as subscribe advises", async () => {
    const { server } = startRoom({ open: (ws) => void ws.subscribe("room/1", { last: 2 }) });
    const first = await TopicClient.open(server);
    expect((await first.take(2))[1]).toMatch(/^\+room\/1 \S+ 2$/);
    for (const text of ["1", "2", "3"]) server.publish("room/1", text);
    await first.take(3);
    const later = await TopicClient.open(server);
    const to = positionOf((await later.upTo("+")).at(-1)!);
    later.send(`r⏎room/1 *2 ${to}`);
    expect(payloads(await later.upTo("="))).toEqual(["2", "3"]);
    later.send(`r⏎room/1 *9999 ${to}`);
    expect(payloads(await later.upTo("="))).toEqual(["1", "2", "3"]);
  });

  it("of more than a page comes whole", async () => {
    const { server } = startRoom();
    const first = await TopicClient.open(server);
    const from = positionOf((await first.upTo("+")).at(-1)!);
    for (let i = 1; i <= 300; i++) server.publish("room/1", String(i));
    await first.take(300);
    const back = await TopicClient.open(server);
    const to = positionOf((await back.upTo("+")).at(-1)!);
    back.send(`r⏎room/1 ${from} ${to}`);
    expect(payloads(await back.upTo("="))).toEqual(Array.from({ length: 300 }, (_, i) => String(i + 1)));
  });

  it("is a gap if messages are not there any more, or the position is none of this history", async () => {
    const { server } = startRoom({}, { "room/*": { history: { size: 5, seconds: 60 } } });
    const client = await TopicClient.open(server);
    const began = positionOf((await client.upTo("+")).at(-1)!);
    const [epoch] = began.split(".");
    for (let i = 1; i <= 20; i++) {
      server.publish("room/1", String(i));
      await client.take(1);
    }
    const back = await TopicClient.open(server);
    const to = positionOf((await back.upTo("+")).at(-1)!);
    const [, offset, check] = to.split(".");
    const known = back.all.length;
    for (const from of [
      began,
      `other.${offset}.${check}`,
      `${epoch}.${offset}.abcdef`,
      `${epoch}.18.abcdef`,
      `${epoch}.9000000000000000.abcdef`,
      `${epoch}.99999999999999999999.abcdef`,
      `${epoch}.1e3.abcdef`,
      "junk",
    ]) {
      back.send(`r⏎room/1 ${from} ${to}`);
      expect(await back.take(1), from).toEqual([`!room/1 ${to}`]);
    }
    expect(back.all.length - known).toBe(8);
  });
});
