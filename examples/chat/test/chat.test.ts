import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limits } from "../src/protocol.ts";
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
  for (const client of clients) client.end();
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
  test("welcomes a newcomer with a name, the people and the last messages", async () => {
    const room = freshRoom();
    const ann = await join("Ann", room);
    ann.send({ type: "say", text: "hello" });
    const message = await ann.next("message");

    const bob = connect({ name: "Bob", room });
    const { you } = await bob.next("welcome");
    expect(you.name).toBe("Bob");
    expect((await bob.next("here")).people.map(({ name }) => name)).toEqual(["Ann", "Bob"]);
    expect(await bob.next("message")).toEqual(message);
    await expect.poll(() => ann.names, { timeout: 20_000 }).toEqual(["Ann", "Bob"]);

    await bob.leave();
    await expect.poll(() => ann.names, { timeout: 20_000 }).toEqual(["Ann"]);
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
      // Who comes and leaves in one moment is not told.
      await expect.poll(() => witness.names, { timeout: 20_000 }).toContain("Eve");
      await eve.leave();
      await expect.poll(() => witness.names, { timeout: 20_000 }).not.toContain("Eve");
    }
  });

  test("announces a rename to all, the renamed included", async () => {
    const room = freshRoom();
    const fay = await join("Fay", room);
    const gus = await join("Gus", room);
    const all = async (...names: string[]): Promise<void> => {
      for (const client of [fay, gus])
        await expect.poll(() => client.names, { timeout: 20_000 }).toEqual(names);
    };
    await all("Fay", "Gus");
    gus.send({ type: "rename", name: "  Gustav\tthe   Great " });
    await all("Fay", "Gustav the Great");
    gus.send({ type: "rename", name: "gustav the great" });
    await all("Fay", "gustav the great");
    const late = await connect({ name: "Late", room }).next("here");
    expect(late.people.map(({ name }) => name).sort()).toEqual(["Fay", "Late", "gustav the great"]);
  });

  test("moves between rooms through one connection", async () => {
    const [here, there] = [freshRoom(), freshRoom()];
    const stay = await join("Stay", here);
    const go = await join("Go", here);
    await go.next("here");
    go.send({ type: "join", room: there });
    await go.next("welcome");
    expect((await go.next("here")).people.map(({ name }) => name)).toEqual(["Go"]);
    await expect.poll(() => stay.names, { timeout: 20_000 }).toEqual(["Stay"]);

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

  test(`begins with the last ${limits.history} messages of a room, also when all have left`, async () => {
    const room = freshRoom();
    const kim = await join("Kim", room);
    for (let n = 0; n < limits.history + 5; n++) {
      kim.send({ type: "say", text: String(n) });
      await kim.next("message");
    }
    await kim.leave();
    const lee = await join("Lee", room);
    for (let n = 5; n < limits.history + 5; n++) expect((await lee.next("message")).text).toBe(String(n));
  });

  test("misses nothing over a break, and hears nothing twice", async () => {
    const room = freshRoom();
    const stays = await join("Stays", room);
    const breaks = await join("Breaks", room);
    stays.send({ type: "say", text: "before" });
    expect((await breaks.next("message")).text).toBe("before");
    await stays.next("message");

    // Who comes and leaves in one moment is not told. One that comes back by itself is away for a moment only.
    await expect.poll(() => stays.names, { timeout: 20_000 }).toEqual(["Breaks", "Stays"]);
    breaks.socket.terminate();
    await stays.next("left", ({ person }) => person.name === "Breaks");
    for (const text of ["one", "two"]) {
      stays.send({ type: "say", text });
      await stays.next("message");
    }
    breaks.topics.reconnect();
    await breaks.next("welcome");
    stays.send({ type: "say", text: "three" });
    for (const text of ["one", "two", "three"]) expect((await breaks.next("message")).text).toBe(text);
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
    client.send(new TextEncoder().encode('{"type":"say","text":"x"}'));
    expect((await client.next("error")).code).toBe("bad_message");
  });

  test("a message beyond all measure ends its connection only", async () => {
    const room = freshRoom();
    const calm = await join("Calm", room);
    const flood = await join("Flood", room);
    const closed = new Promise<number>((resolve) => flood.socket.once("close", resolve));
    flood.socket.on("error", () => {});
    flood.send({ type: "say", text: "x".repeat(100_000) });
    expect(await closed).toBe(1009);
    calm.send({ type: "say", text: "still calm" });
    expect((await calm.next("message")).text).toBe("still calm");
    await expect.poll(() => calm.names, { timeout: 20_000 }).toEqual(["Calm"]);
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
