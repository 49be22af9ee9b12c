import { readFileSync } from "node:fs";
import { findBrowser } from "@mantou/testing/browser";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { launch, openWindow, type Tab } from "./browser.ts";
import { Client } from "./client.ts";
import { ServerProcess } from "./server-process.ts";

const chromium = findBrowser("the chat's test of instances that die");
const isPossible = chromium !== null && process.platform === "linux";

const COUNT = 60;

/** Ids of the processes that a process has started. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
}

/** Says numbers, one behind the other, each until it comes back: what was on its way when an instance died may be lost. */
class Speaker {
  readonly #client: Client;
  #said = 0;
  /** Whether the present connection has delivered all that was missed. Before that a number may be on its way back, and is not said again. */
  #isLive = false;
  #wake: () => void = () => {};

  constructor(client: Client) {
    this.#client = client;
    client.topics.on("message", ({ data }) => {
      const { text } = JSON.parse(String(data)) as { text?: string };
      if (text === undefined) return;
      this.#said = Number(text);
      this.#wake();
    });
    client.topics.on("close", () => {
      this.#isLive = false;
    });
    // All that was missed has come: if the number is not there, it was not heard.
    client.topics.on("live", () => {
      if (this.#isLive) return;
      this.#isLive = true;
      this.#wake();
    });
  }

  async say(number: number): Promise<void> {
    while (this.#said < number) {
      const answered = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (this.#isLive) this.#client.send({ type: "say", text: String(number) });
      await answered;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe.runIf(isPossible)("two open pages, whose instance is killed", () => {
  let server: ServerProcess;
  let browser: Browser;
  let speaker: Client;
  let window: Awaited<ReturnType<typeof openWindow>>;

  beforeAll(async () => {
    server = new ServerProcess({}, "cluster.js");
    browser = await launch(chromium ?? "");
  });

  afterEach(async () => {
    speaker?.end();
    await window?.close();
  });

  afterAll(async () => {
    await browser?.close();
    await server.stop();
  });

  test("show each message once and in order", async () => {
    const address = await server.address();
    const { pid } = server.child;
    await expect.poll(() => childrenOf(pid!).length, { timeout: 60_000 }).toBe(2);
    window = await openWindow(browser);
    const tabs: Tab[] = [];
    const connections: number[] = [];
    for (const i of [0, 1]) {
      const tab = await window.tab(`${address.href}#death`);
      tabs.push(tab);
      connections[i] = 0;
      tab.page.on("websocket", () => {
        connections[i]!++;
      });
    }
    speaker = new Client(address, { name: "Speaker", room: "death" });
    const speaks = new Speaker(speaker);

    const workers = childrenOf(pid!);
    for (let number = 1; number <= COUNT; number++) {
      await speaks.say(number);
      // Each page loses its instance: it has one of the two, or has moved to a new one before the other dies.
      if (number === COUNT / 4) process.kill(workers[0]!, "SIGKILL");
      if (number === (3 * COUNT) / 4) {
        await expect
          .poll(() => childrenOf(pid!).filter((id) => id !== workers[0]).length, { timeout: 60_000 })
          .toBe(2);
        process.kill(workers[1]!, "SIGKILL");
      }
    }

    const all = Array.from({ length: COUNT }, (_, i) => String(i + 1));
    for (const [i, tab] of tabs.entries()) {
      await expect.poll(async () => (await tab.messages()).at(-1), { timeout: 60_000 }).toBe(String(COUNT));
      expect(await tab.messages(), "nothing missing, nothing twice").toEqual(all);
      expect(connections[i], "it has lost its instance").toBeGreaterThan(0);
    }
  });
});
