import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EventStream } from "@mantou/testing/event-stream";
import { expect, it } from "vitest";

const document = readFileSync(new URL("../../../../docs/scaling.md", import.meta.url), "utf8");
const [, section = ""] = document.split("\n### Server-sent events that miss nothing\n");
const [, program = ""] = /```js\n(.*?)```/s.exec(section)!;

it("the example of docs/scaling.md gives a client that returns what it has missed", async () => {
  const code = `${program}\nconsole.log(String(server.url));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [printed] = (await once(child.stdout, "data")) as [Buffer];
    const room = `${String(printed).trim()}rooms/1`;
    const say = async (body: string): Promise<string> => {
      const response = await fetch(room, { method: "POST", body });
      return ((await response.json()) as { position: string }).position;
    };
    const one = await say("one");
    const first = await EventStream.open(room);
    expect(await first.next()).toEqual({ id: one, data: '"one"' });
    const two = await say("two\nlines");
    expect(await first.next()).toEqual({ id: two, data: '"two\\nlines"' });
    first.close();
    const missed = [await say("three"), await say("four")];
    const second = await EventStream.open(room, two);
    expect(await second.next()).toEqual({ id: missed[0], data: '"three"' });
    expect(await second.next()).toEqual({ id: missed[1], data: '"four"' });
    const live = say("five");
    expect(await second.next()).toEqual({ id: await live, data: '"five"' });
    second.close();
    // Of a history that is not there any more.
    const third = await EventStream.open(room, "another.1.abcdef");
    expect(await third.next()).toEqual({ id: await live, event: "gap", data: "reload" });
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => third.next()));
    expect(all.map(({ data }) => data)).toEqual(
      ["one", "two\nlines", "three", "four", "five"].map((text) => JSON.stringify(text)),
    );
    third.close();
  } finally {
    child.kill();
  }
});
