import { expect, test } from "vitest";
import { type ChatMessage, limits, type Person } from "../src/protocol.ts";
import { Rooms } from "../src/rooms.ts";

const ann: Person = { id: "1", name: "Ann" };
const bob: Person = { id: "2", name: "Bob" };

function message(text: string): ChatMessage {
  return { type: "message", id: text, from: ann, text, at: 0 };
}

test("a room exists while it has people, and its history ends with it", () => {
  const rooms = new Rooms();
  rooms.enter("tea", ann);
  rooms.enter("tea", bob);
  rooms.remember("tea", message("hello"));
  rooms.leave("tea", ann.id);
  expect(rooms.history("tea")).toHaveLength(1);
  expect(rooms.people("tea")).toEqual([bob]);
  rooms.leave("tea", bob.id);
  expect(rooms.size).toBe(0);
  rooms.enter("tea", ann);
  expect(rooms.history("tea")).toEqual([]);
});

test("a room without people keeps nothing", () => {
  const rooms = new Rooms();
  rooms.remember("tea", message("lost"));
  rooms.rename("tea", ann);
  rooms.leave("tea", ann.id);
  expect(rooms.size).toBe(0);
  expect(rooms.history("tea")).toEqual([]);
  expect(rooms.people("tea")).toEqual([]);
});

test("only those who are in a room are renamed in it", () => {
  const rooms = new Rooms();
  rooms.enter("tea", ann);
  rooms.rename("tea", { id: "1", name: "Anna" });
  rooms.rename("tea", bob);
  expect(rooms.people("tea")).toEqual([{ id: "1", name: "Anna" }]);
});

test("the oldest messages give way", () => {
  const rooms = new Rooms();
  rooms.enter("tea", ann);
  for (let n = 0; n <= limits.history; n++) rooms.remember("tea", message(String(n)));
  const history = rooms.history("tea");
  expect(history).toHaveLength(limits.history);
  expect(history[0]?.text).toBe("1");
  expect(history.at(-1)?.text).toBe(String(limits.history));
});

test("what it hands out is the caller's: changing it changes no room", () => {
  const rooms = new Rooms();
  rooms.enter("tea", ann);
  rooms.remember("tea", message("hello"));
  rooms.people("tea").pop();
  rooms.history("tea").pop();
  expect(rooms.people("tea")).toHaveLength(1);
  expect(rooms.history("tea")).toHaveLength(1);
});
