import { AsyncLocalStorage } from "node:async_hooks";
import { runInNewContext } from "node:vm";
import { captureErrors } from "@mantou/testing/errors";
import { clientFrame, closePayload, OPCODE, RawWebSocket } from "@mantou/testing/raw-websocket";
import { gate, turns, until } from "@mantou/testing/wait";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../../vitest.runs.ts";
import type { Server } from "../../src/api/server.ts";
import type { ServerWebSocket, WebSocketHandler } from "../../src/api/websocket.ts";
import { systemClock } from "../../src/socket/timeouts.ts";
import { TestClock } from "../support/servers.ts";
import { OFFER } from "../support/topic-client.ts";
import { pair, startWebSockets } from "../support/websocket-pair.ts";

const errors = captureErrors();

const text = (message: string): Buffer => clientFrame(OPCODE.text, message);

/** Handlers that note what they do. Each message handler waits until the test lets it end. */
class Held {
  readonly events: string[] = [];
  readonly #gates: ((error?: Error) => void)[] = [];
  readonly handlers: WebSocketHandler = {
    serial: true,
    message: (_, message) => this.#hold(String(message)),
    ping: (_, data) => void this.events.push(`ping ${String(data)}`),
    close: (_, code) => void this.events.push(`close ${code}`),
  };

  async #hold(name: string): Promise<void> {
    this.events.push(`begin ${name}`);
    const { promise, open } = gate<Error | undefined>();
    this.#gates.push(open as (error?: Error) => void);
    const error = await promise;
    if (error !== undefined) throw error;
    this.events.push(`end ${name}`);
  }

  async begun(name: string): Promise<void> {
    await until(() => this.events.includes(`begin ${name}`), `begin ${name}`);
  }

  /** Ends the oldest handler that waits. */
  release(error?: Error): void {
    this.#gates.shift()!(error);
  }
}

describe("serial: true", () => {
  it("calls the handlers of a socket one after another, also of frames that came in one packet", async () => {
    const held = new Held();
    const { client } = await pair(held.handlers);
    client.client.write(text("1"), clientFrame(OPCODE.ping, "p"), text("2"));
    await held.begun("1");
    client.text("3");
    await turns(20);
    expect(held.events).toEqual(["begin 1"]);
    held.release();
    await held.begun("2");
    await turns(20);
    expect(held.events).toEqual(["begin 1", "end 1", "ping p", "begin 2"]);
    held.release();
    await held.begun("3");
    held.release();
    await until(() => held.events.at(-1) === "end 3", "the last");
  });

  it("waits for a promise of another realm, too", async () => {
    const held = new Held();
    const inRealm = runInNewContext("async (run) => await run()") as (run: () => unknown) => Promise<void>;
    const { message } = held.handlers;
    const { client } = await pair({
      ...held.handlers,
      message: (ws, data) => inRealm(() => message!(ws, data)),
    });
    client.client.write(text("1"), text("2"));
    await held.begun("1");
    await turns(20);
    expect(held.events).toEqual(["begin 1"]);
    held.release();
    await held.begun("2");
    held.release();
    await until(() => held.events.at(-1) === "end 2", "the last");
  });

  it("does not hold up other sockets, and without it handlers overlap", async () => {
    const held = new Held();
    const { client } = await pair(held.handlers);
    const { client: other } = await pair({ ...held.handlers, serial: false });
    client.text("1");
    await held.begun("1");
    other.client.write(text("a"), text("b"));
    await held.begun("b");
    expect(held.events).toEqual(["begin 1", "begin a", "begin b"]);
    for (let i = 0; i < 3; i++) held.release();
  });

  it("does not read meanwhile: what the client sends does not pile up here", async () => {
    const held = new Held();
    const { client } = await pair(held.handlers);
    client.text("1");
    await held.begun("1");
    const piece = Buffer.alloc(1 << 20);
    for (let i = 0; i < 24; i++) client.send(OPCODE.ping).send(OPCODE.binary, piece);
    await turns(50);
    // The system's buffers on both sides hold some of the 24 MiB, not all.
    expect(client.client.socket.writableLength).toBeGreaterThan(8 << 20);
    expect(held.events).toEqual(["begin 1"]);
  });

  it("logs a rejection, gives what is thrown to the error handler, which is waited for, and goes on", async () => {
    const events: string[] = [];
    const { promise, open } = gate();
    const { client } = await pair({
      serial: true,
      message(_, message) {
        events.push(String(message));
        if (message === "throws") throw new Error("thrown");
        return message === "rejects" ? Promise.reject(new Error("rejected")) : undefined;
      },
      async error() {
        await promise;
        events.push("error");
      },
    });
    client.client.write(text("throws"), text("rejects"), text("last"));
    await until(() => events.length === 1, "thrown");
    await turns(20);
    expect(events).toEqual(["throws"]);
    open();
    await until(() => events.includes("last"), "the last");
    expect(events).toEqual(["throws", "error", "rejects", "last"]);
    expect(String(errors.take())).toContain("rejected");
  });

  it("lets messages wait for an async open handler", async () => {
    const { promise, open } = gate();
    const events: string[] = [];
    const { client } = await pair({
      serial: true,
      async open() {
        await promise;
        events.push("open");
      },
      message: (_, message) => void events.push(String(message)),
    });
    client.client.write(text("1"), text("2"));
    await turns(20);
    expect(events).toEqual([]);
    open();
    await until(() => events.length === 3, "messages");
    expect(events).toEqual(["open", "1", "2"]);
  });

  it("calls drain at once: a handler may wait for it", async () => {
    const drained = gate();
    const events: string[] = [];
    const { client } = await pair({
      serial: true,
      async message(ws) {
        const piece = Buffer.alloc(1 << 20);
        while (ws.sendBinary(piece) !== -1);
        await drained.promise;
        events.push("message");
      },
      drain() {
        events.push("drain");
        drained.open();
      },
    });
    client.text("fill");
    await until(() => events.length === 2, "drained");
    expect(events).toEqual(["drain", "message"]);
  });

  it("runs the work that a handler has queued before the next event, also behind an async one", async () => {
    const events: string[] = [];
    const { client } = await pair({
      serial: true,
      message(_, message) {
        events.push(String(message));
        if (message === "async") return Promise.resolve();
        queueMicrotask(() => events.push(`queued by ${message}`));
        return undefined;
      },
    });
    client.client.write(text("async"), text("1"), text("2"));
    await until(() => events.length === 5, "handlers");
    expect(events).toEqual(["async", "1", "queued by 1", "2", "queued by 2"]);
  });

  it("holds for routes of their own, and for clients of the topics' protocol; a reload changes it for later sockets", async () => {
    const [first, second] = [new Held(), new Held()];
    const { server } = startWebSockets(first.handlers, systemClock, {
      topics: { a: { history: { size: 1, seconds: 1 } } },
    });
    const topicClient = await RawWebSocket.open(server, { fields: OFFER });
    topicClient.client.write(text("d\n1"), clientFrame(OPCODE.ping, "p"), text("d\n2"));
    await first.begun("1");
    server.reload({
      routes: { "/own": { websocket: second.handlers } },
      fetch: (request: Request, self: Server<undefined>) =>
        self.upgrade(request) ? undefined : new Response("?", { status: 400 }),
      websocket: { ...first.handlers, serial: false },
    } as never);
    const own = await RawWebSocket.open(server, { path: "/own" });
    own.client.write(text("a"), text("b"));
    await second.begun("a");
    const later = await RawWebSocket.open(server);
    later.client.write(text("x"), text("y"));
    await first.begun("y");
    expect(first.events).toEqual(["begin 1", "begin x", "begin y"]);
    expect(second.events).toEqual(["begin a"]);
    first.release();
    second.release();
    await Promise.all([first.begun("2"), second.begun("b")]);
    expect(first.events.slice(3)).toEqual(["end 1", "ping p", "begin 2"]);
  });

  it("begins each handler without the AsyncLocalStorage of the one before", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const { client } = await pair({
      serial: true,
      message: (_, message) =>
        storage.run(String(message), async () => {
          await null;
          seen.push(storage.getStore());
        }),
      ping: () => void seen.push(storage.getStore()),
    });
    client.client.write(text("1"), clientFrame(OPCODE.ping), text("2"));
    await until(() => seen.length === 3, "handlers");
    expect(seen).toEqual(["1", undefined, "2"]);
  });
});

describe("serial: true, and the end of a socket", () => {
  it("handles the client's Close frame behind the handlers before it, whose messages precede the reply", async () => {
    const events: string[] = [];
    const { promise, open } = gate();
    const { client } = await pair({
      serial: true,
      async message(ws, message) {
        await promise;
        events.push(`message ${ws.readyState}`);
        ws.send(`reply ${message}`);
      },
      close: (_, code, reason) => void events.push(`close ${code} ${reason}`),
    });
    client.client.write(text("1"), text("2"), clientFrame(OPCODE.close, closePayload(4001, "bye")));
    await turns(20);
    open();
    expect(await client.texts(2)).toEqual(["reply 1", "reply 2"]);
    expect(await client.closing()).toEqual({ code: 4001, reason: "bye" });
    expect(events).toEqual(["message 1", "message 1", "close 4001 bye"]);
  });

  it.each<[string, boolean, (ws: ServerWebSocket) => void, number]>([
    ["close", true, (ws) => ws.close(4002, "enough"), 4002],
    ["close", false, (ws) => ws.close(4002, "enough"), 4002],
    ["terminate", true, (ws) => ws.terminate(), 1006],
    ["terminate", false, (ws) => ws.terminate(), 1006],
  ])("%s() ends it at once (before the handler's first await: %s), and close is called behind the handler", async (_, isAtOnce, act, code) => {
    const events: string[] = [];
    const { promise, open } = gate();
    const { client } = await pair(
      {
        serial: true,
        async message(ws, message) {
          events.push(`begin ${message}`);
          if (!isAtOnce) await turns(1);
          act(ws);
          events.push(`readyState ${ws.readyState}, sent ${ws.send("late")}`);
          await promise;
          events.push("end");
        },
        close: (__, closeCode) => void events.push(`close ${closeCode}`),
        // No time passes: the client's reply is read, and not waited for.
      },
      new TestClock(),
    );
    client.client.write(text("1"), text("2"));
    if (code === 1006) await client.client.closedByServer();
    else {
      expect((await client.closing()).code).toBe(code);
      client.close(code);
      await client.client.closedByServer();
    }
    await turns(20);
    expect(events).toEqual(["begin 1", "readyState 3, sent 0"]);
    open();
    await until(() => events.length === 4, "the close handler");
    expect(events.slice(2)).toEqual(["end", `close ${code}`]);
  });

  it("calls close behind a handler that is not async, too", async () => {
    const events: string[] = [];
    const { client } = await pair({
      serial: true,
      message(ws) {
        ws.close(4000);
        events.push("message");
      },
      close: () => void events.push("close"),
    });
    client.client.write(text("1"), text("2"));
    expect((await client.closing()).code).toBe(4000);
    expect(events).toEqual(["message", "close"]);
  });

  it("shows a lost connection to the handler that is under way, and still handles what came before the loss", async () => {
    const clock = new TestClock();
    const held = new Held();
    const { ws, client, server } = await pair({ ...held.handlers, idleTimeout: 10 }, clock);
    client.client.write(text("1"), text("2"));
    await held.begun("1");
    client.client.abort();
    // Only a write shows it, as for a socket that the application has paused.
    await until(() => {
      clock.pass(7);
      return server.webSockets.size === 0;
    }, "gone");
    expect([ws.readyState, ws.send("late"), server.pendingWebSockets]).toEqual([3, 0, 0]);
    held.release();
    await held.begun("2");
    held.release();
    await until(() => held.events.length === 5, "the end");
    expect(held.events).toEqual(["begin 1", "end 1", "begin 2", "end 2", "close 1006"]);
  });

  it("closes with 1001 at stop(true), which does not wait for the handler", async () => {
    const held = new Held();
    const { client, server } = await pair(held.handlers);
    client.text("1");
    await held.begun("1");
    const stopped = server.stop(true);
    expect((await client.closing()).code).toBe(1001);
    client.client.end();
    await stopped;
    expect(held.events).toEqual(["begin 1"]);
    held.release();
    await until(() => held.events.at(-1) === "close 1001", "the close handler");
  });

  it.each([
    true,
    false,
  ])("is not idle while a handler is under way, with sendPings: %s", async (sendPings) => {
    const clock = new TestClock();
    const held = new Held();
    const { ws, client, server } = await pair({ ...held.handlers, idleTimeout: 10, sendPings }, clock);
    client.text("1");
    await held.begun("1");
    for (let i = 0; i < 20; i++) {
      clock.pass(7);
      await turns();
    }
    expect(server.pendingWebSockets).toBe(1);
    // Pausing within a handler goes on behind it.
    ws.pause();
    held.release();
    await until(() => held.events.at(-1) === "end 1", "the end");
    await turns();
    clock.pass(100);
    await turns();
    expect(server.pendingWebSockets).toBe(1);
    ws.resume();
    clock.pass(100);
    await until(() => server.pendingWebSockets === 0, "closed");
    expect(held.events.at(-1)).toBe("close 1006");
  });
});

describe("serial: true, with any messages in any packets", () => {
  interface Plan {
    readonly size: number;
    readonly how: "sync" | "async" | "ticks" | "turns" | "rejects";
  }
  const plan = fc.record<Plan>({
    size: fc.oneof(fc.nat(10), fc.nat(70_000)),
    how: fc.constantFrom("sync", "async", "ticks", "turns", "rejects"),
  });

  it("keeps their order, and never handles two at a time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plan, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        async (plans, cuts) => {
          const seen: string[] = [];
          let isBusy = false;
          const rejected = plans.filter(({ how }) => how === "rejects").length;
          const { client, server } = await pair({
            serial: true,
            message(_, message) {
              if (isBusy) seen.push("overlap");
              const index = Number(String(message).split(" ")[0]);
              seen.push(`${index} ${message.length}`);
              const { how } = plans[index]!;
              if (how === "sync") return;
              isBusy = true;
              return (async () => {
                if (how === "ticks") for (let i = 0; i < 3; i++) await null;
                if (how === "turns") await turns(2);
                isBusy = false;
                if (how === "rejects") throw new Error("expected");
              })();
            },
            close: (_, code) => void seen.push(isBusy ? "overlap" : `close ${code}`),
          });
          const frames = plans.map(({ size }, i) => text(`${i} ${"x".repeat(size)}`));
          const bytes = Buffer.concat([...frames, clientFrame(OPCODE.close, closePayload(1000))]);
          const places = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
          for (let i = 1; i < places.length; i++) {
            client.client.write(bytes.subarray(places[i - 1], places[i]));
            await turns(1);
          }
          expect((await client.closing()).code).toBe(1000);
          expect(seen).toEqual([
            ...plans.map(({ size }, i) => `${i} ${`${i} `.length + size}`),
            "close 1000",
          ]);
          for (let i = 0; i < rejected; i++) errors.take();
          client.client.end();
          await server.stop(true);
        },
      ),
      runs(100),
    );
  });
});
