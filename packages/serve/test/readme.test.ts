import { readReadme, testExamples } from "@mantou/testing/readme";
import { describe, expect, it } from "vitest";
import { serve } from "../src/plain.ts";

const root = new URL("../", import.meta.url);
const readme = readReadme(root);

testExamples(root, readme, {
  "Node.js": ["es2023"],
  browsers: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
});

describe("the README's tables", () => {
  const section = (title: string): string => readme.text.split(`\n## ${title}\n`)[1]!.split("\n## ")[0]!;
  const listed = (text: string): string[] =>
    [...text.matchAll(/^\| (`.*?) \| /gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`(\w+)/g)].map(([, name]) => name!),
    );

  it("list every member of a server", async () => {
    const server = serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    await server.stop();
    for (const name of listed(section("Server"))) expect(name in server, name).toBe(true);
  });

  it("list options that are known: each is refused when it is ill-typed", () => {
    const [options, websocket] = section("Options").split("In `websocket`");
    const handlers = { port: 0, hostname: "127.0.0.1", fetch: () => new Response() };
    const start = serve as unknown as (options: object) => unknown;
    for (const name of listed(options!)) {
      if (name === "id") continue;
      expect(() => start({ ...handlers, [name]: Symbol("no") }), name).toThrow(new RegExp(name));
    }
    for (const name of listed(websocket!)) {
      if (name === "data") continue;
      expect(() => start({ ...handlers, websocket: { [name]: Symbol("no") } }), name).toThrow(
        new RegExp(name),
      );
    }
  });
});
