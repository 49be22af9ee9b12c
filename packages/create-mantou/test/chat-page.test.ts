import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";

const source = readFileSync(new URL("../templates/chat/public/page.js", import.meta.url), "utf8");

/** Opens the page of the chat, in place of a browser, which percent-encodes what is behind "#". */
function open(hash: string) {
  const page = { url: "", reloads: 0, listeners: new Map<string, () => void>() };
  runInNewContext(source.replace(/^import .*$/m, ""), {
    TopicSocket: class {
      constructor(url: string) {
        page.url = url;
      }
      on(): void {}
    },
    location: { hash, reload: () => void page.reloads++ },
    prompt: () => "Ann",
    document: { getElementById: () => ({ addEventListener() {} }) },
    addEventListener: (type: string, listener: () => void) => void page.listeners.set(type, listener),
  });
  return page;
}

it.each([
  ["", "/rooms/lobby?name=Ann"],
  ["#kitchen", "/rooms/kitchen?name=Ann"],
  ["#k%C3%BCche%201", "/rooms/k%C3%BCche%201?name=Ann"],
  ["#100%", "/rooms/lobby?name=Ann"],
])("the page of the chat at %j joins %s", (hash, url) => {
  expect(open(hash).url).toBe(url);
});

it("the page of the chat goes to another room when its address does", () => {
  const page = open("#kitchen");
  page.listeners.get("hashchange")?.();
  expect(page.reloads).toBe(1);
});
