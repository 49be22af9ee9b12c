import type { PresenceMember } from "@mantou/pubsub/relay";
import type { PreparedFrames } from "@mantou/websocket";
import { describe, expect, it } from "vitest";
import type { Session } from "../../src/resume/session.ts";
import type { TopicMessages } from "../../src/resume/topic-form.ts";
import { TopicSessions } from "../../src/resume/topic-sessions.ts";
import { FlushScheduler } from "../../src/socket/flush-scheduler.ts";
import { membersTexts, toMember } from "../../src/topics/member-text.ts";
import { HeldSocket, textOf } from "../support/held-socket.ts";

const ann: PresenceMember = { instance: "a\xff", number: 1, info: '{"name":"Ann"}' };
const bo: PresenceMember = { instance: "b", number: 2, info: '"Bo"' };
const cy: PresenceMember = { instance: "b", number: 3, info: "null" };
const ANN = '{"id":"61ff.1","presence":{"name":"Ann"}}';
const BO = '{"id":"62.2","presence":"Bo"}';

function start() {
  const asked: { readonly topic: string; readonly answer: (members: readonly PresenceMember[]) => void }[] =
    [];
  const published: PreparedFrames[] = [];
  /** What was to be done some milliseconds later. */
  const tasks: (() => void)[] = [];
  const sessions = new TopicSessions({
    history: { instance: "instance", hasHistory: () => false, position: () => null, read: () => {} },
    presence: {
      has: (topic) => topic !== "plain",
      members: (topic, answer) => void asked.push({ topic, answer }),
    },
    flushScheduler: new FlushScheduler(() => {}),
    later: (task) => void tasks.push(task),
    publish: (_topic: string, messages: PreparedFrames) => void published.push(messages),
  });
  /** What was published is left out for the session, as it is if too many bytes wait. */
  const miss = (session: Session): void => session.missed(session.select(published.splice(0)));
  const texts = (): string[] =>
    published.splice(0).flatMap((messages) => (messages as TopicMessages).forms.map(textOf));
  return { sessions, asked, published, tasks, miss, texts };
}

/** A session that has its list. */
function startListed() {
  const started = start();
  const socket = new HeldSocket();
  const session = started.sessions.open(socket, 0);
  session.subscribed("t", 0);
  started.asked.shift()!.answer([ann]);
  session.drained();
  socket.sent.length = 0;
  return { ...started, socket, session };
}

describe("the text of members", () => {
  it("is the JSON of what the program gets", () => {
    for (const members of [[], [ann], [ann, bo, cy], [bo, ann, cy]]) {
      const texts = [...membersTexts(members, 1000)];
      expect(texts.map(({ text }) => JSON.parse(text) as unknown)).toEqual([members.map(toMember)]);
    }
  });

  it("is divided by its bytes, and one member is never divided", () => {
    const dora: PresenceMember = { ...bo, number: 4, info: `"${"ö".repeat(50)}"` };
    const members = [ann, bo, cy, dora, dora, bo];
    for (const most of [1, 60, 100, 140, 200, 400, 1000]) {
      const texts = [...membersTexts(members, most)];
      expect(texts.flatMap(({ text }) => JSON.parse(text) as unknown[])).toEqual(members.map(toMember));
      for (const { text, count } of texts) {
        expect(JSON.parse(text)).toHaveLength(count);
        expect(count === 1 || Buffer.byteLength(text) <= most).toBe(true);
      }
    }
  });
});

describe("members of a topic", () => {
  it("are told behind the first +, by one answer for all that wait for it", () => {
    const { sessions, asked } = start();
    const sockets = [new HeldSocket(), new HeldSocket(), new HeldSocket()];
    const opened = sockets.map((socket) => sessions.open(socket, 0));
    for (const session of opened) session.subscribed("t", 0);
    opened[0]!.subscribed("plain", 0);
    opened[2]!.unsubscribed("t");
    expect(asked.length).toBe(1);
    asked[0]!.answer([ann]);
    asked[0]!.answer([ann, bo]);
    const line = `j t\n{"members":[${ANN}]}`;
    expect(sockets.map(({ sent }) => sent)).toEqual([
      ["+t", "+plain", line],
      ["+t", line],
      ["+t", "-t"],
    ]);
  });

  it("that come and leave are told to all topic clients of the topic, if there are any", () => {
    const { sessions, published, texts } = start();
    sessions.joined("t", [ann]);
    expect(published).toEqual([]);
    const session = sessions.open(new HeldSocket(), 0);
    sessions.joined("t", [ann, bo]);
    sessions.left("t", [ann]);
    expect(texts()).toEqual([`j t\n{"join":[${ANN},${BO}]}`, `j t\n{"leave":[${ANN}]}`]);
    session.closed();
    sessions.left("t", [bo]);
    expect(published.length).toBe(0);
  });

  it("are one message as long as they are the same, whoever asks, and whenever", () => {
    const { sessions, asked } = start();
    const pages: (readonly PreparedFrames[])[] = [];
    class Socket extends HeldSocket {
      override page(messages: readonly PreparedFrames[]): void {
        pages.push(messages);
      }
    }
    const members = [ann, bo];
    for (let i = 0; i < 3; i++) {
      sessions.open(new Socket(), 0).subscribed("t", 0);
      asked.shift()!.answer(i === 2 ? [ann] : members);
    }
    expect(pages[1]).toBe(pages[0]);
    expect(pages[2]).not.toBe(pages[0]);
  });
});

describe("a long list of members", () => {
  it("is cut at 1 MiB, and says how many others there are", () => {
    const { sessions, asked } = start();
    const socket = new HeldSocket();
    sessions.open(socket, 0).subscribed("t", 0);
    const all = Array.from({ length: 1000 }, (_, i) => ({
      ...bo,
      number: i + 1,
      info: `"${"x".repeat(2000)}"`,
    }));
    asked.shift()!.answer(all);
    expect(socket.sent[1]!.slice(0, 4)).toBe("j t\n");
    const { members, others } = JSON.parse(socket.sent[1]!.slice(4)) as {
      members: unknown[];
      others: number;
    };
    expect(members).toEqual(all.slice(0, members.length).map(toMember));
    expect(others).toBe(1000 - members.length);
    expect(socket.sent[1]!.length).toBeLessThan(1024 * 1024 + 100);
    expect(members.length).toBeGreaterThan(500);
  });

  it("that come or leave at once is told in lines of 64 KiB", () => {
    const { sessions, texts } = start();
    sessions.open(new HeldSocket(), 0);
    const all = Array.from({ length: 100 }, (_, i) => ({
      ...bo,
      number: i + 1,
      info: `"${"x".repeat(2000)}"`,
    }));
    for (const [change, tell] of [
      ["join", () => sessions.joined("t", all)],
      ["leave", () => sessions.left("t", all)],
    ] as const) {
      tell();
      const lines = texts();
      expect(lines.length).toBe(4);
      for (const line of lines) expect(line.length).toBeLessThan(64 * 1024 + 100);
      const told = lines.flatMap((line) => (JSON.parse(line.slice(4)) as Record<string, unknown[]>)[change]!);
      expect(told).toEqual(all.map(toMember));
    }
  });

  it("is made once in a while for all that have asked since, and a short one at once", () => {
    const { sessions, asked, tasks } = start();
    const long = (): PresenceMember[] => [{ ...bo, info: `"${"x".repeat(17_000)}"` }];
    const enter = (topic: string): HeldSocket => {
      const socket = new HeldSocket();
      sessions.open(socket, 0).subscribed(topic, 0);
      return socket;
    };
    const first = enter("long");
    asked.shift()!.answer(long());
    expect(first.pages).toEqual([1]);
    const others = [enter("long"), enter("long")];
    enter("short");
    expect(asked.map(({ topic }) => topic)).toEqual(["short"]);
    asked.shift()!.answer([ann]);
    enter("short");
    expect(asked.splice(0).length).toBe(1);
    tasks.shift()!();
    expect(asked.map(({ topic }) => topic)).toEqual(["long"]);
    const members = long();
    asked.shift()!.answer(members);
    expect(others.map(({ pages }) => pages)).toEqual([[1], [1]]);
    tasks.shift()!();
    expect([asked.length, tasks.length]).toEqual([0, 0]);
    // What is the same costs nothing.
    enter("long");
    asked.shift()!.answer(members);
    expect(tasks).toEqual([]);
  });
});

describe("a topic client that does not keep up", () => {
  it("gets the list when it has taken what waits", () => {
    const { sessions, asked } = start();
    const socket = new HeldSocket();
    socket.keepsUp = false;
    const session = sessions.open(socket, 0);
    session.subscribed("t", 0);
    asked.shift()!.answer([ann]);
    expect(socket.sent).toEqual(["+t"]);
    expect(socket.isAwaited).toBe(true);
    socket.keepsUp = true;
    session.drained();
    asked.shift()!.answer([bo]);
    expect(socket.sent).toEqual(["+t", `j t\n{"members":[${BO}]}`]);
    session.drained();
    expect(asked).toEqual([]);
  });

  it("gets large lists one after the other, each when it has taken the one before", () => {
    const { sessions, asked, tasks } = start();
    const socket = new HeldSocket();
    const session = sessions.open(socket, 0);
    const large = Array.from({ length: 40 }, (_, i) => ({
      ...bo,
      number: i + 1,
      info: `"${"x".repeat(2000)}"`,
    }));
    for (const topic of ["1", "2", "3"]) session.subscribed(topic, 0);
    for (const { answer } of asked.splice(0)) answer([...large]);
    expect(socket.pages).toEqual([1]);
    for (const topic of ["2", "3"]) {
      for (const task of tasks.splice(0)) task();
      session.drained();
      expect(asked.map((one) => one.topic)).toEqual([topic]);
      asked.shift()!.answer([...large]);
    }
    expect(socket.pages).toEqual([1, 1, 1]);
    session.drained();
    expect(asked).toEqual([]);
  });

  it("gets the next list also if the topic of the one before is unsubscribed while that is asked for", () => {
    const { sessions, asked } = start();
    const socket = new HeldSocket();
    socket.keepsUp = false;
    const session = sessions.open(socket, 0);
    for (const topic of ["1", "2"]) session.subscribed(topic, 0);
    for (const { answer } of asked.splice(0)) answer([ann]);
    socket.keepsUp = true;
    session.drained();
    expect(asked.map(({ topic }) => topic)).toEqual(["1"]);
    session.unsubscribed("1");
    expect(asked.map(({ topic }) => topic)).toEqual(["1", "2"]);
    for (const { answer } of asked.splice(0)) answer([bo]);
    expect(socket.sent).toEqual(["+1", "+2", "-1", `j 2\n{"members":[${BO}]}`]);
  });

  it("is told the changes that were left out, in their order, and gets no list again", () => {
    const { sessions, asked, miss, published, socket, session } = startListed();
    sessions.joined("t", [bo]);
    miss(session);
    sessions.left("t", [ann]);
    // All of a topic is left out until the client has caught up.
    expect(session.select(published.splice(0))).toEqual([]);
    session.drained();
    const lines = [`j t\n{"join":[${BO}]}`, `j t\n{"leave":[${ANN}]}`];
    expect(socket.sent).toEqual(["+t", ...lines]);
    session.missed([]);
    session.drained();
    expect(socket.sent.length).toBe(3);
    expect(asked).toEqual([]);
  });

  it("gets the list again beyond 64 KiB of changes", () => {
    const { sessions, asked, miss, socket, session } = startListed();
    const large = { ...bo, info: `"${"x".repeat(2000)}"` };
    for (let i = 0; i < 40; i++) {
      sessions.joined("t", [large]);
      miss(session);
    }
    session.drained();
    expect(socket.sent).toEqual(["+t"]);
    expect(asked.map(({ topic }) => topic)).toEqual(["t"]);
    asked.shift()!.answer([cy]);
    expect(socket.sent[1]).toBe('j t\n{"members":[{"id":"62.3","presence":null}]}');
  });

  it("is told nothing of members before it is subscribed anew", () => {
    const { sessions, asked, miss, socket, session } = startListed();
    sessions.joined("t", [bo]);
    miss(session);
    session.unsubscribed("t");
    session.drained();
    session.subscribed("t", 0);
    expect(socket.sent).toEqual(["-t", "+t"]);
    expect(asked.length).toBe(1);
  });
});
