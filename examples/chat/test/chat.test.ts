import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ChatMessage, limits } from "../src/protocol.ts";
import { Client } from "./client.ts";
import { ServerProcess } from "./server-process.ts";

let server: ServerProcess;
let address: URL;
const clients: Client[] = [];

beforeAll(async () => {
  server = new ServerProcess({});
  address = await server.address();
});

afterAll(async () => {
  for (const { socket } of clients) socket.terminate();
  const { stderr } = await server.stop();
  expect(stderr, "no error was printed").toBe("");
});

/** Each test talks in a room of its own. */
let roomNumber = 0;
function freshRoom(): string {
  return `room-${++roomNumber}`;
}

/** A client that is disconnected after the tests. */
function connect(query: Record<string, string>, headers?: Record<string, string>): Client {
  const client = new Client(address, query, headers);
  clients.push(client);
  return client;
}

async function join(name: string, room: string): Promise<Client> {
  const client = connect({ name, room });
  await client.next("welcome");
  return client;
}

describe("coming and going", () => {
  test("welcomes a newcomer with a name, the people and the history", async () => {
    const room = freshRoom();
    const ann = await join("Ann", room);
    ann.send({ type: "say", text: "hello" });
    const message = await ann.next("message");

    const bob = connect({ name: "Bob", room });
    const { you, people, history } = await bob.next("welcome");
    expect(you.name).toBe("Bob");
    expect(people.map(({ name }) => name)).toEqual(["Ann", "Bob"]);
    expect(history).toEqual([message]);
    expect((await ann.next("joined")).person).toEqual(you);

    await bob.leave();
    expect((await ann.next("left")).person).toEqual(you);
    await ann.leave();
  });

  test("gives each person a name of their own", async () => {
    const room = freshRoom();
    const names: string[] = [];
    for (const wanted of ["Dora", "dora", "Dora", "", "\u200b\n"]) {
      names.push((await connect({ name: wanted, room }).next("welcome")).you.name);
    }
    expect(names.slice(0, 3)).toEqual(["Dora", "dora 2", "Dora 3"]);
    expect(names.slice(3)).toEqual([expect.stringMatching(/ Bun$/), expect.stringMatching(/ Bun$/)]);
    expect(new Set(names).size).toBe(names.length);
  });

  test("frees a name when its owner leaves", async () => {
    const room = freshRoom();
    const witness = await join("Witness", room);
    for (let visit = 0; visit < 3; visit++) {
      const eve = connect({ name: "Eve", room });
      expect((await eve.next("welcome")).you.name).toBe("Eve");
      await eve.leave();
      await witness.next("joined");
      await witness.next("left");
    }
  });

  test("announces a rename to all, the renamed included", async () => {
    const room = freshRoom();
    const fay = await join("Fay", room);
    const gus = await join("Gus", room);
    await fay.next("joined");
    gus.send({ type: "rename", name: "  Gustav\tthe   Great " });
    for (const client of [fay, gus]) {
      const { person, before } = await client.next("renamed");
      expect([before, person.name]).toEqual(["Gus", "Gustav the Great"]);
    }
    gus.send({ type: "rename", name: "gustav the great" });
    expect((await fay.next("renamed")).person.name, "one's own name is not taken").toBe("gustav the great");
    const late = await connect({ name: "Late", room }).next("welcome");
    expect(late.people.map(({ name }) => name)).toEqual(["Fay", "gustav the great", "Late"]);
  });

  test("moves between rooms through one connection", async () => {
    const [here, there] = [freshRoom(), freshRoom()];
    const stay = await join("Stay", here);
    const go = await join("Go", here);
    await stay.next("joined");
    go.send({ type: "join", room: there });
    expect((await go.next("welcome")).people.map(({ name }) => name)).toEqual(["Go"]);
    expect((await stay.next("left")).person.name).toBe("Go");

    stay.send({ type: "say", text: "alone" });
    await stay.next("message");
    go.send({ type: "say", text: "elsewhere" });
    expect((await go.next("message")).text, "the first message is not from the other room").toBe("elsewhere");
  });
});

describe("talking", () => {
  test("reaches all people in the room, in order, with the sender's reference", async () => {
    const room = freshRoom();
    const hal = await join("Hal", room);
    const ivy = await join("Ivy", room);
    await hal.next("joined");
    for (let n = 0; n < 20; n++) hal.send({ type: "say", text: `line ${n}`, ref: `ref-${n}` });
    for (const client of [hal, ivy]) {
      for (let n = 0; n < 20; n++) {
        const { text, ref, from } = await client.next("message");
        expect([text, ref, from.name]).toEqual([`line ${n}`, `ref-${n}`, "Hal"]);
      }
    }
  });

  test("carries any text unchanged, but for the blank around it", async () => {
    const jo = await join("Jo", freshRoom());
    for (const text of [
      "<b>&amp;</b>",
      "zwei\nZeilen",
      "👩‍👩‍👧 ﷽",
      "\u0001",
      '{"type":"left"}',
      "x".repeat(limits.text),
    ]) {
      jo.send({ type: "say", text: ` \n${text}\t ` });
      expect((await jo.next("message")).text).toBe(text);
    }
  });

  test(`keeps the last ${limits.history} messages of a room, until the last one leaves`, async () => {
    const room = freshRoom();
    const kim = await join("Kim", room);
    for (let n = 0; n < limits.history + 5; n++) {
      kim.send({ type: "say", text: String(n) });
      await kim.next("message");
    }
    const lee = connect({ name: "Lee", room });
    const { history } = await lee.next("welcome");
    expect(history.map(({ text }: ChatMessage) => text)).toEqual(
      Array.from({ length: limits.history }, (_, n) => String(n + 5)),
    );
    await kim.next("joined");
    await lee.leave();
    await kim.next("left");
    await kim.leave();
    expect((await connect({ name: "Max", room }).next("welcome")).history).toEqual([]);
  });
});

describe("what it refuses", () => {
  test.each([
    ["what is not JSON", "hello", "bad_json"],
    ["nothing", "", "bad_json"],
    ["null", "null", "bad_message"],
    ["an array", [], "bad_message"],
    ["an unknown type", { type: "shout", text: "hi" }, "bad_message"],
    ["a type of the server's", { type: "left" }, "bad_message"],
    ["no type", { __proto__: null }, "bad_message"],
    ["an empty text", { type: "say", text: " \n " }, "bad_text"],
    ["a text too long", { type: "say", text: "x".repeat(limits.text + 1) }, "bad_text"],
    ["a text that is no string", { type: "say", text: 1 }, "bad_text"],
    ["a reference too long", { type: "say", text: "x", ref: "x".repeat(limits.ref + 1) }, "bad_message"],
    ["an empty name", { type: "rename", name: "\u200b" }, "bad_name"],
    ["a name too long", { type: "rename", name: "x".repeat(limits.name + 1) }, "bad_name"],
    ["a room with a slash", { type: "join", room: "a/b" }, "bad_room"],
    ["a room too long", { type: "join", room: "x".repeat(limits.room + 1) }, "bad_room"],
  ])("%s gets an error, and the connection lives on", async (_what, message, code) => {
    const room = freshRoom();
    const client = await join("Tester", room);
    client.send(message);
    expect((await client.next("error")).code).toBe(code);
    client.send({ type: "say", text: "still here" });
    expect((await client.next("message")).text).toBe("still here");
    await client.leave();
  });

  test("binary messages get an error, too", async () => {
    const client = await join("Binary", freshRoom());
    client.socket.send(Buffer.from('{"type":"say","text":"x"}'));
    expect((await client.next("error")).code).toBe("bad_message");
  });

  test("a message beyond all measure ends its connection only", async () => {
    const room = freshRoom();
    const calm = await join("Calm", room);
    const flood = await join("Flood", room);
    await calm.next("joined");
    const closed = new Promise<number>((resolve) => flood.socket.once("close", resolve));
    flood.socket.on("error", () => {});
    flood.send({ type: "say", text: "x".repeat(100_000) });
    expect(await closed).toBe(1009);
    expect((await calm.next("left")).person.name).toBe("Flood");
  });

  test("pages of other sites get no connection, ours and programs do", async () => {
    expect(await connect({}, { origin: "http://evil.example" }).refusal()).toBe(403);
    const otherPort = `http://localhost:${Number(address.port) - 1}`;
    expect(await connect({}, { origin: otherPort }).refusal()).toBe(403);
    expect(await connect({}, { origin: "null" }).refusal()).toBe(403);
    expect(await connect({}, { origin: address.origin }).refusal()).toBeUndefined();
    expect(await connect({}).refusal()).toBeUndefined();
  });

  test("a room that cannot be gets no connection, a plain request an explanation", async () => {
    expect(await connect({ room: "a/b" }).refusal()).toBe(400);
    const plain = await fetch(new URL("/ws", address));
    expect(plain.status).toBe(400);
    expect(await plain.text()).toContain("WebSocket");
  });
});
