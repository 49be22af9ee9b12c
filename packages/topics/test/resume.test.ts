import { expect, it } from "vitest";
import { messagesOf, type Started, start, startOpen } from "./support/start.ts";

/** The connection breaks, and the next one is made. */
function comeBack({ network, clock, told }: Started, session?: string): void {
  network.last.end();
  clock.advance(30_000);
  network.last.accept();
  told.length = 0;
  if (session !== undefined) network.last.receive(`s ${session}`);
}

it("begins where the server is", () => {
  const { network, told } = startOpen();
  network.last.receive("+a e.7.aaaaaa", "m a 7.aaaaaa\nold", "m a 9.bbbbbb\nnew");
  expect(network.last.up).toEqual([]);
  expect(told).toEqual([
    'subscribed {"topic":"a","position":"e.7.aaaaaa"}',
    'live {"topic":"a"}',
    'message {"topic":"a","data":"new","position":"e.9.bbbbbb"}',
  ]);
});

it.each([
  ["the server's advice", {}, "*20"],
  ["its own option", { last: 5 }, "*5"],
])("begins with the last messages by %s, and holds back what is live meanwhile", (_, options, from) => {
  const { network, told } = startOpen(options);
  network.last.receive("+a e.7.aaaaaa 20");
  expect(network.last.up).toEqual([`r\na ${from} e.7.aaaaaa`]);
  network.last.receive("m a 5.x_x_x_\nfive", "m a 8.cccccc\neight", "m a 7.aaaaaa\nseven", "=a e.7.aaaaaa");
  network.last.receive("m a 9.dddddd\nnine");
  expect(messagesOf(told)).toBe("five seven eight nine");
});

it("asks for no last messages where there is none, or none is wanted", () => {
  const { network } = startOpen({ last: 0 });
  network.last.receive("+a e.7.aaaaaa 20");
  const other = startOpen({ last: 20 });
  other.network.last.receive("+a e.0.");
  expect([...network.last.up, ...other.network.last.up]).toEqual([]);
});

it("asks for what it has missed, and shows it before what is live", () => {
  const started = startOpen();
  const { network, told } = started;
  network.last.receive("s one", "+a e.1.aaaaaa", "m a 2.bbbbbb\n2");
  comeBack(started, "two");
  network.last.receive("+a e.5.eeeeee");
  expect(network.last.up).toEqual(["r one\na e.2.bbbbbb e.5.eeeeee"]);
  network.last.receive("m a 6.ffffff\n6", "m a 2.bbbbbb\n2", "m a 3.cccccc\n3", "m a 3.cccccc\n3");
  network.last.receive("m a 5.eeeeee\n5", "m a 7.gggggg\n7", "=a e.5.eeeeee");
  expect(messagesOf(told)).toBe("3 5 6 7");
  expect(told.at(-1)).toBe('live {"topic":"a"}');
});

it("the end of a replay moves its position over own messages", () => {
  const started = startOpen();
  const { network } = started;
  network.last.receive("+a e.1.aaaaaa");
  comeBack(started);
  network.last.receive("+a e.5.eeeeee", "m a 3.cccccc\n3", "=a e.5.eeeeee");
  comeBack(started);
  network.last.receive("+a e.5.eeeeee");
  expect(network.last.up).toEqual([]);
});

it("says nothing if it has missed nothing", () => {
  const started = startOpen();
  started.network.last.receive("+a e.1.aaaaaa", "m a 2.bbbbbb\n2");
  comeBack(started);
  started.network.last.receive("+a e.2.bbbbbb");
  expect(started.network.last.up).toEqual([]);
  expect(started.told.at(-1)).toBe('live {"topic":"a"}');
});

it("goes on with a replay that broke from where it was", () => {
  const started = startOpen();
  const { network, told } = started;
  network.last.receive("+a e.1.aaaaaa");
  comeBack(started);
  network.last.receive("+a e.5.eeeeee", "m a 6.ffffff\n6", "m a 3.cccccc\n3");
  expect(messagesOf(told)).toBe("3");
  comeBack(started);
  network.last.receive("=a e.5.eeeeee", "+a e.7.gggggg");
  expect(network.last.up).toEqual(["r\na e.3.cccccc e.7.gggggg"]);
  network.last.receive("m a 5.eeeeee\n5", "m a 6.ffffff\n6", "m a 7.gggggg\n7", "=a e.7.gggggg");
  expect(messagesOf(told)).toBe("5 6 7");
});

it("asks if it is ahead of the server: only the server can tell a late one from one that has lost its tail", () => {
  const started = startOpen();
  const { network, told } = started;
  network.last.receive("+a e.1.aaaaaa", "m a 9.iiiiii\n9");
  comeBack(started);
  network.last.receive("+a e.8.hhhhhh");
  expect(network.last.up).toEqual(["r\na e.9.iiiiii e.8.hhhhhh"]);
  network.last.receive("m a 9.iiiiii\n9", "=a e.8.hhhhhh", "m a 10.jjjjjj\n10");
  expect(messagesOf(told)).toBe("10");
});

it("asks if the message at its offset is another one", () => {
  const started = startOpen();
  started.network.last.receive("+a e.9.iiiiii");
  comeBack(started);
  started.network.last.receive("+a e.9.jjjjjj");
  expect(started.network.last.up).toEqual(["r\na e.9.iiiiii e.9.jjjjjj"]);
  started.network.last.receive("m a 10.aaaaaa\n10", "!a e.9.jjjjjj");
  expect(started.told.slice(1)).toEqual([
    'gap {"topic":"a","position":"e.9.jjjjjj"}',
    'message {"topic":"a","data":"10","position":"e.10.aaaaaa"}',
    'live {"topic":"a"}',
  ]);
});

it("does not take a message for one that it has before the server has said whose tail is lost", () => {
  const started = startOpen();
  const { network, told } = started;
  network.last.receive("+a e.1.aaaaaa", "m a 9.iiiiii\n9");
  comeBack(started);
  network.last.receive("+a e.8.hhhhhh", "m a 9.xxxxxx\nanother", "!a e.8.hhhhhh");
  expect(messagesOf(told)).toBe("another");
});

it("ignores the gap that answers what it had asked before a later +", () => {
  const started = startOpen();
  const { network, told } = started;
  network.last.receive("+a e.1.aaaaaa");
  comeBack(started);
  network.last.receive("+a e.5.eeeeee", "+a e.7.gggggg", "!a e.5.eeeeee");
  expect(told.filter((line) => line.startsWith("gap"))).toEqual([]);
  network.last.receive("!a e.7.gggggg", "m a 8.hhhhhh\n8", "!a e.7.gggggg", "m a 9.iiiiii\n9");
  expect(told.filter((line) => line.startsWith("gap"))).toHaveLength(1);
  expect(messagesOf(told)).toBe("8 9");
});

it("tells a gap for another epoch without a question", () => {
  const started = startOpen();
  started.network.last.receive("+a e.9.iiiiii");
  comeBack(started);
  started.network.last.receive("+a f.2.bbbbbb", "m a 3.cccccc\n3");
  expect(started.network.last.up).toEqual([]);
  expect(started.told.slice(1, 2)).toEqual(['gap {"topic":"a","position":"f.2.bbbbbb"}']);
  expect(messagesOf(started.told)).toBe("3");
});

it("a gap of another epoch drops what was held back", () => {
  const started = startOpen();
  const { network, told } = started;
  network.last.receive("+a e.1.aaaaaa");
  comeBack(started);
  network.last.receive(
    "+a e.5.eeeeee",
    "m a 8.hhhhhh\nold",
    "!a f.2.bbbbbb",
    "m a 3.cccccc\n3",
    "=a e.5.eeeeee",
  );
  expect(messagesOf(told)).toBe("3");
});

it("begins with the last messages after a gap, too", () => {
  const { network, told } = startOpen({ last: 2 });
  network.last.receive("+a e.0.", "m a 1.aaaaaa\n1", "!a f.9.iiiiii", "m a 10.jjjjjj\n10");
  expect(network.last.up).toEqual(["r\na *2 f.9.iiiiii"]);
  network.last.receive("m a 8.hhhhhh\n8", "m a 9.iiiiii\n9", "=a f.9.iiiiii");
  expect(messagesOf(told)).toBe("1 8 9 10");
});

it("a slow connection that is told where it is asks for what was left out", () => {
  const { network, told } = startOpen();
  network.last.receive("+a e.0.", "m a 1.aaaaaa\n1", "+a e.5.eeeeee", "m a 6.ffffff\n6");
  expect(network.last.up).toEqual(["r\na e.1.aaaaaa e.5.eeeeee"]);
  // Once more, before the answer: what was held back was left out behind it.
  network.last.receive("+a e.7.gggggg", "m a 3.cccccc\n3", "=a e.5.eeeeee");
  expect(network.last.up.at(-1)).toBe("r\na e.1.aaaaaa e.7.gggggg");
  network.last.receive("m a 6.ffffff\n6", "m a 7.gggggg\n7", "=a e.7.gggggg");
  expect(messagesOf(told)).toBe("1 3 6 7");
});

it("its own messages, which are left out, move its position", () => {
  const started = startOpen();
  const { network, told } = started;
  network.last.receive("+a e.0.", "o a 4.dddddd");
  expect(told).toHaveLength(2);
  comeBack(started);
  network.last.receive("+a e.4.dddddd");
  expect(network.last.up).toEqual([]);
});

it("names all sessions before this one, also to a server that gives it no name", () => {
  const started = startOpen();
  started.network.last.receive("s one", "+a e.1.aaaaaa");
  comeBack(started, "two");
  comeBack(started);
  started.network.last.receive("+a e.2.bbbbbb");
  expect(started.network.last.up).toEqual(["r two one\na e.1.aaaaaa e.2.bbbbbb"]);
});

it("names the sessions before this one, the last four", () => {
  const started = startOpen();
  started.network.last.receive("s s.0", "+a e.0.", "m a 1.aaaaaa\n1");
  for (let i = 1; i <= 6; i++) comeBack(started, `s.${i}`);
  started.network.last.receive("+a e.2.bbbbbb");
  expect(started.network.last.up).toEqual(["r s.5 s.4 s.3 s.2\na e.1.aaaaaa e.2.bbbbbb"]);
});

it("unsubscribed, it ignores the topic, and goes on when it is subscribed again, unless it forgets", () => {
  const { network, client, told } = startOpen();
  network.last.receive("+a e.0.", "m a 1.aaaaaa\n1", "-a", "m a 2.bbbbbb\n2", "+a e.3.cccccc");
  expect(network.last.up.splice(0)).toEqual(["r\na e.1.aaaaaa e.3.cccccc"]);
  network.last.receive("-a");
  client.forget("a");
  client.forget("never seen");
  network.last.receive("+a e.3.cccccc", "m a 4.dddddd\n4");
  expect(network.last.up).toEqual([]);
  expect(messagesOf(told)).toBe("1 4");
});

it.each([
  [undefined, [], "e.3.cccccc"],
  [5, ["r\na *5 e.3.cccccc"], ""],
])("begins anew if a listener of `subscribed` forgets it, with the option last: %s", (last, asked, saved) => {
  const values = new Map([["host/chat a", "e.1.aaaaaa"]]);
  const { client, network, told } = startOpen({
    last,
    positions: {
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => void values.set(key, value),
    },
  });
  client.on("subscribed", ({ topic }) => client.forget(topic));
  network.last.receive("+a e.3.cccccc");
  expect(network.last.up).toEqual(asked);
  expect(values.get("host/chat a")).toBe(saved);
  network.last.receive("=a e.3.cccccc");
  // It was there already: what it showed is gone all the same.
  network.last.receive("-a", "+a e.3.cccccc");
  expect(network.last.up).toEqual([...asked, ...asked]);
  expect(values.get("host/chat a")).toBe(saved);
  network.last.receive("=a e.3.cccccc", "m a 4.dddddd\n4");
  expect(messagesOf(told)).toBe("4");
  expect(values.get("host/chat a")).toBe("e.4.dddddd");
});

it("keeps positions of each topic and address in the storage that it is given", () => {
  const values = new Map<string, string>();
  const positions = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  };
  const first = startOpen({ positions });
  first.network.last.receive("s one", "+a e.0.", "m a 1.aaaaaa\n1", "+ e.7.aaaaaa".replace("+", '+""'));
  expect(Object.fromEntries(values)).toEqual({
    "host/chat": "one",
    "host/chat a": "e.1.aaaaaa",
    "host/chat ": "e.7.aaaaaa",
  });
  const second = startOpen({ positions });
  second.network.last.receive("s two", "+a e.2.bbbbbb");
  expect(second.network.last.up).toEqual(["r one\na e.1.aaaaaa e.2.bbbbbb"]);
  second.client.forget("a");
  expect(values.get("host/chat a")).toBe("");
});

it("a storage that is spoiled or full costs no message", () => {
  const spoiled = startOpen({
    positions: {
      getItem: (key) => (key === "host/chat" ? "two words\nand a line" : "e.x"),
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    },
  });
  const { network, client, told } = spoiled;
  network.last.receive("s one", "+a e.0.");
  expect(network.last.up.splice(0)).toEqual(["r two words and a\na e.x e.0."]);
  network.last.receive("m a 1.aaaaaa\n1", "!a e.0.", "m a 2.bbbbbb\n2");
  expect(messagesOf(told)).toBe("1 2");
  client.forget("b");
  comeBack(spoiled, "two");
  network.last.receive("+a e.3.cccccc");
  expect(network.last.up).toEqual(["r one two words and\na e.2.bbbbbb e.3.cccccc"]);
});

it("goes on without a storage that throws: a browser that blocks cookies has such a one", () => {
  const blocked = (): never => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };
  const started = startOpen({ positions: { getItem: blocked, setItem: blocked } });
  const { network, client, told } = started;
  network.last.receive("s one", "+a e.1.aaaaaa", "m a 2.bbbbbb\n2");
  client.forget("b");
  comeBack(started, "two");
  network.last.receive("+a e.3.cccccc");
  expect(network.last.up).toEqual(["r one\na e.2.bbbbbb e.3.cccccc"]);
  network.last.receive("m a 3.cccccc\n3", "=a e.3.cccccc");
  expect(messagesOf(told)).toBe("3");
});

it("refuses a number of last messages that a server would refuse", () => {
  for (const last of [-1, 1.5, 10_000, Number.POSITIVE_INFINITY])
    expect(() => start({ last }), String(last)).toThrow(RangeError);
  for (const last of [0, 1, 9999, undefined]) expect(start({ last }).network.sockets).toHaveLength(1);
});

it("closed from within a listener, it tells no more", () => {
  const { network, client, told, clock } = startOpen();
  client.on("gap", () => client.close());
  network.last.receive("+a e.0.", "!a f.3.cccccc", "m a 4.dddddd\n4");
  expect(messagesOf(told)).toBe("");
  network.last.end();
  clock.advance(60_000);
  expect(network.sockets).toHaveLength(1);
  expect(start().client.isOpen).toBe(false);
});
