import { Buffer } from "node:buffer";
import { captureErrors } from "@mantou/testing/errors";
import { OPCODE } from "@mantou/testing/raw-websocket";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { pair, startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

describe("topics", () => {
  it("are joined and left; the server counts", async () => {
    const { server, connect } = startWebSockets();
    const { ws } = await connect();
    const other = await connect();
    expect([ws.subscribe("a"), ws.subscribe("b"), ws.subscribe("a"), other.ws.subscribe("a")]).toEqual(
      Array(4).fill(true),
    );
    expect(ws.subscriptions).toEqual(["a", "b"]);
    expect([ws.isSubscribed("a"), ws.isSubscribed("c")]).toEqual([true, false]);
    expect(["a", "b", "c"].map((topic) => server.subscriberCount(topic))).toEqual([2, 1, 0]);
    expect([ws.unsubscribe("a"), ws.unsubscribe("a"), ws.unsubscribe("c")]).toEqual([true, false, false]);
    expect(server.subscriberCount("a")).toBe(1);
  });

  it("must have a name", async () => {
    const { ws, server } = await pair();
    for (const topic of ["", 5, undefined] as unknown as string[]) {
      expect(() => ws.subscribe(topic)).toThrow(TypeError);
      expect(() => ws.unsubscribe(topic)).toThrow(TypeError);
      expect(() => ws.isSubscribed(topic)).toThrow(TypeError);
      expect(() => ws.publish(topic, "x")).toThrow(TypeError);
      expect(() => server.publish(topic, "x")).toThrow(TypeError);
      expect(() => server.subscriberCount(topic)).toThrow(TypeError);
    }
  });

  it("reach all subscribers but the publisher, and that too with publishToSelf", async () => {
    for (const publishToSelf of [false, true]) {
      const { connect } = startWebSockets({ publishToSelf });
      const [a, b] = [await connect(), await connect()];
      for (const { ws } of [a, b]) ws.subscribe("t");
      expect(a.ws.publish("t", "héllo")).toBe(6);
      for (const { ws } of [a, b]) ws.send("end");
      expect(await b.client.texts(2)).toEqual(["héllo", "end"]);
      expect(await a.client.texts(publishToSelf ? 2 : 1)).toEqual(publishToSelf ? ["héllo", "end"] : ["end"]);
    }
  });

  it("come also from a socket that is closed, as its last words: in its close handler, and later", async () => {
    const { connect } = startWebSockets({
      publishToSelf: true,
      open: (ws) => void ws.subscribe("t"),
      close: (ws, code) => void ws.publish("t", `left with ${code}`),
    });
    const [stays, leaves, thrownOut] = [await connect(), await connect(), await connect()];
    leaves.client.close(4000);
    expect(await stays.client.texts(1)).toEqual(["left with 4000"]);
    await thrownOut.client.frames(1);
    thrownOut.ws.close(4001);
    expect(thrownOut.ws.publish("t", "and slams the door")).toBe(18);
    expect(await stays.client.texts(2)).toEqual(["left with 4001", "and slams the door"]);
    expect(await thrownOut.client.closing()).toEqual({ code: 4001, reason: "" });
  });

  it("take text and bytes, from a publisher who need not be subscribed, and return 0 if nobody listens", async () => {
    const { server, connect } = startWebSockets();
    const [a, b] = [await connect(), await connect()];
    expect([a.ws.publish("t", "x"), server.publish("t", "x")]).toEqual([0, 0]);
    b.ws.subscribe("t");
    expect([a.ws.publishText("t", "text"), a.ws.publishBinary("t", new Uint8Array([1, 2, 3]))]).toEqual([
      4, 3,
    ]);
    expect([b.ws.publish("t", "alone"), server.publish("t", new Uint8Array([4]).buffer)]).toEqual([0, 1]);
    expect(await b.client.frames(3)).toEqual([
      { opcode: OPCODE.text, payload: Buffer.from("text") },
      { opcode: OPCODE.binary, payload: Buffer.from([1, 2, 3]) },
      { opcode: OPCODE.binary, payload: Buffer.from([4]) },
    ]);
    expect(() => a.ws.publishText("t", new Uint8Array(1) as unknown as string)).toThrow(TypeError);
    expect(() => a.ws.publishBinary("t", "x" as unknown as Uint8Array)).toThrow(TypeError);
    expect(() => server.publish("t", {} as unknown as string)).toThrow(TypeError);
  });

  it("are left when the socket closes, and are not to be joined again", async () => {
    const { server, connect } = startWebSockets();
    const [a, b] = [await connect(), await connect()];
    for (const { ws } of [a, b]) ws.subscribe("t");
    a.ws.close();
    expect(server.subscriberCount("t")).toBe(1);
    expect([a.ws.subscriptions, a.ws.isSubscribed("t"), a.ws.subscribe("t"), a.ws.unsubscribe("t")]).toEqual([
      [],
      false,
      false,
      false,
    ]);
    b.client.client.abort();
    await until(() => server.subscriberCount("t") === 0, "nobody");
  });
});
