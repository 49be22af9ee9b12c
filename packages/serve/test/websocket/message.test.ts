import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { OPCODE } from "@mantou/testing/raw-websocket";
import { tempDir } from "@mantou/testing/temp-dir";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { file } from "../../src/fetch/file.ts";
import { pair } from "../support/websocket-pair.ts";

const errors = captureErrors();
const dir = tempDir();

describe("a Blob that cannot be read", () => {
  const cases: [string, () => Blob][] = [
    ["rejects", () => file(join(dir, "missing"))],
    [
      "throws",
      () =>
        Object.assign(new Blob(["x"]), {
          arrayBuffer: () => {
            throw new Error("not today");
          },
        }),
    ],
  ];

  it.each(cases)("is reported when it %s, and what is sent behind it arrives", async (_, blob) => {
    const { ws, client } = await pair();
    ws.send(blob());
    ws.send("behind");
    expect(await client.texts(1)).toEqual(["behind"]);
    expect(errors.take()).toBeInstanceOf(Error);
  });

  it.each(cases)("is reported when it %s, and is not sent by publish, ping or pong", async (_, blob) => {
    const { ws, client, server } = await pair({ publishToSelf: true });
    ws.subscribe("news");
    server.publish("news", blob());
    ws.ping(blob());
    ws.pong(blob());
    await until(() => errors.reports.length === 3, "three reports");
    for (let i = 0; i < 3; i++) expect(errors.take()).toBeInstanceOf(Error);
    ws.send("behind");
    expect(await client.texts(1)).toEqual(["behind"]);
  });
});

it("a file that has grown beyond a control frame since it was looked at is reported, and not sent", async () => {
  const path = join(dir, "grows");
  writeFileSync(path, "small");
  const { ws, client } = await pair();
  expect(ws.ping(file(path))).toBe(5);
  writeFileSync(path, "x".repeat(126));
  await until(() => errors.reports.length === 1, "a report");
  expect(errors.take()).toBeInstanceOf(RangeError);
  writeFileSync(path, "y".repeat(125));
  ws.ping(file(path));
  expect(await client.frame()).toEqual({ opcode: OPCODE.ping, payload: Buffer.alloc(125, "y") });
});

it("a String object is its text, as in Bun, and no data is none", async () => {
  const { ws, client, server } = await pair({ publishToSelf: true });
  const object = (text: string) => new String(text) as unknown as string;
  expect(ws.subscribe(object("news"))).toBe(true);
  expect(ws.subscriptions).toEqual(["news"]);
  expect([ws.isSubscribed(object("news")), server.subscriberCount(object("news"))]).toEqual([true, 1]);
  expect([ws.publish(object("news"), "1"), server.publish(object("news"), object("2"))]).toEqual([1, 1]);
  expect([ws.publishText(object("news"), object("3")), ws.sendText(object("4"))]).toEqual([1, 1]);
  expect(await client.texts(4)).toEqual(["1", "2", "3", "4"]);
  expect(ws.unsubscribe(object("news"))).toBe(true);
  expect(server.subscriberCount("news")).toBe(0);
  expect([ws.ping(object("data")), ws.pong(object("data"))]).toEqual([4, 4]);
  expect([ws.ping(null as never), ws.pong(null as never)]).toEqual([0, 0]);
  for (const payload of ["data", ""])
    for (const opcode of [OPCODE.ping, OPCODE.pong])
      expect(await client.frame()).toEqual({ opcode, payload: Buffer.from(payload) });
  for (const topic of [object(""), "", null, undefined, 5, {}, ["news"]])
    expect(() => ws.subscribe(topic as never)).toThrow("A topic must be a non-empty string");
  for (const data of [5, true, {}]) expect(() => ws.ping(data as never)).toThrow(TypeError);
});
