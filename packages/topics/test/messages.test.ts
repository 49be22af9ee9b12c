import { expect, it, vi } from "vitest";
import type { TopicEvents } from "../src/index.ts";
import { bytesOf, messagesOf, start, startOpen } from "./support/start.ts";

it("offers the protocol, and takes nothing before the connection is made", () => {
  const { network, client, told } = start();
  expect(network.last).toMatchObject({
    url: "ws://host/chat",
    offered: "mantou.topics.1",
    binaryType: "arraybuffer",
  });
  expect(client.isOpen).toBe(false);
  expect(client.send("early")).toBe(false);
  network.last.accept();
  expect(client.isOpen).toBe(true);
  expect(told).toEqual(["open"]);
});

it("gives messages of plain topics, and of the application to this connection", () => {
  const { network, told } = startOpen();
  network.last.receive("+news", "p news\nfirst\nline", "p news\n", "d\nfor you", "d\n", "-news");
  expect(told).toEqual([
    'subscribed {"topic":"news","position":null}',
    'message {"topic":"news","data":"first\\nline","position":null}',
    'message {"topic":"news","data":"","position":null}',
    'direct {"data":"for you"}',
    'direct {"data":""}',
    'unsubscribed {"topic":"news"}',
  ]);
});

it("gives bytes as bytes, whatever is in them", () => {
  const { network, client } = startOpen();
  const got: TopicEvents["message"][] = [];
  const direct: TopicEvents["direct"][] = [];
  client.on("message", (message) => got.push(message));
  client.on("direct", (message) => direct.push(message));
  network.last.receive(
    "+a e.0.",
    bytesOf("m a 1.abcdef\n\n\0x"),
    bytesOf("p b\n"),
    bytesOf("d\nm a 2.abcdef\n"),
  );
  expect(got).toEqual([
    { topic: "a", data: new Uint8Array([10, 0, 120]), position: "e.1.abcdef" },
    { topic: "b", data: new Uint8Array(), position: null },
  ]);
  expect(direct).toEqual([{ data: new TextEncoder().encode("m a 2.abcdef\n") }]);
});

it("sends text, and bytes", () => {
  const { network, client } = startOpen();
  expect(client.send("hello\nd")).toBe(true);
  client.send(new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
  const sent = [...network.last.up];
  expect(sent).toEqual(["d\nhello\nd", new Uint8Array([100, 10, 2, 3])]);
  network.last.end();
  expect(client.send("late")).toBe(false);
});

it("knows topics of any characters, and sends them back as it got them", () => {
  const { network, told } = startOpen();
  const names = ["", "a b", "line\nfeed", '"quoted"', "räume", "\ud800", "-", "=x", "__proto__"];
  for (const name of names) {
    const isPlain = /^[\x21\x23-\x7e][\x21-\x7e]*$/.test(name);
    const escaped = (character: string): string =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    const raw = isPlain ? name : JSON.stringify(name).replace(/[^\x21-\x7e]/g, escaped);
    network.last.receive(`+${raw} e.1.aaaaaa 3`);
    expect(network.last.up.splice(0)).toEqual([`r\n${raw} *3 e.1.aaaaaa`]);
    network.last.receive(`m ${raw} 1.aaaaaa\nhello`, `=${raw} e.1.aaaaaa`);
    const topic = JSON.stringify(name);
    expect(told.splice(0)).toEqual([
      `subscribed {"topic":${topic},"position":"e.1.aaaaaa"}`,
      `message {"topic":${topic},"data":"hello","position":"e.1.aaaaaa"}`,
      `live {"topic":${topic}}`,
    ]);
  }
});

it("tells who is here", () => {
  const { network, told } = startOpen();
  network.last.receive(
    'j a\n{"members":[{"id":"1","presence":{"name":"Ann"}}]}',
    'j a\n{"leave":[{"id":"1"}],"topic":"x"}',
  );
  expect(told).toEqual([
    'presence {"members":[{"id":"1","presence":{"name":"Ann"}}],"topic":"a"}',
    'presence {"leave":[{"id":"1"}],"topic":"a"}',
  ]);
});

it("ignores what a later protocol may have", () => {
  const { network, told } = startOpen();
  network.last.receive(
    "",
    "x y z",
    "+a e.0.  5 more",
    "m a 1.aaaaaa more\nx",
    "m other 1.aaaaaa\nx",
    "=a e.7.aaaaaa",
  );
  expect(network.last.closing).toBe(null);
  expect(messagesOf(told)).toBe("x");
});

it.each([
  "+a x",
  "+a e.1.aaaaaaa",
  '+"a e.1.aaaaaa',
  // It would be asked for so many, and the server would close for good.
  "+a e.1.aaaaaa 10000",
  "+a e.1.aaaaaa 0",
  "+a e.1.aaaaaa 05",
  "+a e.1.aaaaaa -1",
  "+a e.1.aaaaaa 2.5",
  "+a e.1.aaaaaa many",
  "!a",
  "m a\nx",
  "m a 1\nx",
  "m a -1.aaaaaa\nx",
  "j a\n{",
  bytesOf("j a\n{}x"),
])("closes for what is not of the protocol: %j", (message) => {
  const { network, told } = startOpen();
  network.last.receive("+a e.0.", message, "m a 1.aaaaaa\nx");
  expect(network.last.closing).toEqual({ code: 3002, reason: "" });
  // Some classes deliver what comes while they close. It would hide the message that could not be read.
  network.last.onmessage({ data: "m a 2.aaaaaa\ny" });
  expect(messagesOf(told)).toBe("");
});

it("goes on when a listener throws, and reports the error", async () => {
  const { network, client, told } = startOpen();
  const errors: unknown[] = [];
  const caught = vi.spyOn(globalThis, "queueMicrotask").mockImplementation((callback) => {
    try {
      callback();
    } catch (error) {
      errors.push(error);
    }
  });
  const remove = client.on("message", () => {
    throw new Error("of the page");
  });
  client.on("message", ({ data }) => told.push(`second ${String(data)}`));
  network.last.receive("+a e.0.", "m a 1.aaaaaa\nx");
  remove();
  remove();
  network.last.receive("m a 2.aaaaaa\ny");
  caught.mockRestore();
  expect(errors).toEqual([new Error("of the page")]);
  expect(messagesOf(told)).toBe("x y");
  expect(told).toContain("second x");
  expect(network.last.closing).toBe(null);
});
