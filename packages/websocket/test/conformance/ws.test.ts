/** The same input to this package and to `ws` 8, in both roles: with its parser, its writer, and over real sockets. */
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Writable } from "node:stream";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import * as ws from "ws";
import {
  conversation,
  cut,
  INVALID_KINDS,
  invalidBy,
  type Message,
  message,
  split,
  wrongMask,
} from "../../src/arbitraries/index.ts";
import {
  acceptHeaders,
  Connection,
  checkResponse,
  checkUpgrade,
  createKey,
  type Event,
  type HeaderList,
  requestHeaders,
} from "../../src/index.ts";
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

describe("over sockets", () => {
  const cleanUp: Array<() => void> = [];
  afterEach(() => {
    for (const close of cleanUp.splice(0)) close();
  });

  /** Runs a connection on a socket; `onEvent` is given each event. */
  function run(
    role: "server" | "client",
    socket: Socket,
    onEvent: (event: Event, connection: Connection) => void,
  ): Connection {
    const output = {
      text: (latin1: string) => void socket.write(latin1, "latin1"),
      bytes: (chunk: Uint8Array) => void socket.write(chunk),
    };
    const connection = new Connection({ role, output });
    socket.on("data", (bytes) => {
      connection.receive(bytes);
      for (let event = connection.next(); event !== null; event = connection.next())
        onEvent(event, connection);
      if (connection.state === "CLOSED" && role === "server") socket.end();
    });
    return connection;
  }

  function fields(list: HeaderList): string {
    return list.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  }

  function same(left: Message, right: Message): boolean {
    return plain(left) === plain(right);
  }

  async function ourServer(onEvent: (event: Event, connection: Connection) => void): Promise<string> {
    const server = createServer();
    server.on("upgrade", (request, socket: Socket, head) => {
      const header = (name: string) => request.headers[name]?.toString() ?? null;
      const checked = checkUpgrade({
        method: request.method!,
        versionMinor: request.httpVersionMinor,
        header,
      });
      if (!checked.ok) throw new Error(checked.message);
      const protocol = checked.protocols[0] ?? null;
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields(acceptHeaders(checked.key, protocol))}\r\n`);
      run("server", socket, onEvent);
      socket.unshift(head);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanUp.push(() => server.close());
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const echo = (event: Event, connection: Connection): void => {
    if (event.type === "text") connection.text(event.text);
    if (event.type === "binary") connection.binary(event.bytes);
  };
  const messages = [
    ...fc.sample(message(), { numRuns: 200, seed: 1 }),
    { type: "text" as const, text: "é".repeat(300_000) },
  ];

  it("a ws client's messages come back from our server, and it closes cleanly", async () => {
    const closes: Event[] = [];
    const url = await ourServer((event, connection) => {
      echo(event, connection);
      if (event.type === "close") closes.push(event);
    });
    const client = new ws.WebSocket(url, ["first", "second"], { perMessageDeflate: false });
    const back: Message[] = [];
    await once(client, "open");
    expect(client.protocol).toBe("first");
    const all = new Promise<void>((resolve) => {
      client.on("message", (data: Buffer, isBinary) => {
        back.push(isBinary ? { type: "binary", bytes: data } : { type: "text", text: data.toString() });
        if (back.length === messages.length) resolve();
      });
    });
    for (const one of messages) client.send(one.type === "text" ? one.text : one.bytes);
    await all;
    expect(messages.filter((one, i) => !same(one, back[i]!))).toEqual([]);
    client.close(4001, "done");
    const [code, reason] = await once(client, "close");
    expect([code, String(reason), closes]).toEqual([
      4001,
      "done",
      [{ type: "close", code: 4001, reason: "done" }],
    ]);
  });

  it("our server's ping is answered, and its close too", async () => {
    const heard: string[] = [];
    const url = await ourServer((event, connection) => {
      heard.push(plain(event));
      if (event.type === "text") connection.ping(Buffer.from("?"));
      if (event.type === "pong") connection.close(1001, "going");
    });
    const client = new ws.WebSocket(url);
    await once(client, "open");
    client.send("go");
    const [code, reason] = await once(client, "close");
    expect([code, String(reason)]).toEqual([1001, "going"]);
    expect(heard).toEqual(['text "go"', "pong 3f", 'close 1001 "going"']);
  });

  it("our client's messages come back from a ws server, and it closes cleanly", async () => {
    const server = new ws.WebSocketServer({ port: 0, host: "127.0.0.1" });
    cleanUp.push(() => server.close());
    server.on("connection", (peer) =>
      peer.on("message", (data, isBinary) => peer.send(data, { binary: isBinary })),
    );
    await once(server, "listening");
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    cleanUp.push(() => socket.destroy());
    const key = createKey();
    socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${fields(requestHeaders(key))}\r\n`);
    const [head] = (await once(socket, "data")) as [Buffer];
    const lines = head.toString("latin1").split("\r\n");
    const values = new Map(
      lines.slice(1).map((line) => [line.split(":")[0]!.toLowerCase(), line.split(": ")[1] ?? ""]),
    );
    const response = {
      status: Number(lines[0]!.split(" ")[1]),
      header: (name: string) => values.get(name) ?? null,
    };
    expect(checkResponse(response, { key })).toEqual({ ok: true, protocol: null, extensions: null });

    const back: Message[] = [];
    const closed = new Promise<Event>((resolve) => {
      const connection = run("client", socket, (event) => {
        if (event.type === "text" || event.type === "binary") back.push(event);
        if (back.length === messages.length) connection.close(4002, "enough");
        if (event.type === "close") resolve(event);
      });
      for (const one of messages)
        one.type === "text" ? connection.text(one.text) : connection.binary(one.bytes);
    });
    expect(await closed).toEqual({ type: "close", code: 4002, reason: "enough" });
    expect(messages.filter((one, i) => !same(one, back[i]!))).toEqual([]);
    await once(socket, "end");
  });
});
