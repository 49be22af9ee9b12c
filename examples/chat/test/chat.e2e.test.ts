import { findBrowser } from "@mantou/testing/browser";
import { freePort } from "@mantou/testing/free-port";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { launch, openWindow } from "./browser.ts";
import { ServerProcess } from "./server-process.ts";

const chromium = findBrowser("the end-to-end tests of the chat");

describe.runIf(chromium !== null)("the chat in a browser", () => {
  let browser: Browser;
  let address: string;
  const servers: ServerProcess[] = [];
  const windows: Awaited<ReturnType<typeof openWindow>>[] = [];

  beforeAll(async () => {
    const server = new ServerProcess({});
    servers.push(server);
    address = (await server.address()).href;
    browser = await launch(chromium ?? "");
  });

  afterEach(async () => {
    const complaints = windows.flatMap(({ tabs }) => tabs.flatMap((tab) => tab.complaints));
    for (const window of windows.splice(0)) await window.close();
    expect(complaints, "the browser has nothing to complain about").toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    const ends = await Promise.all(servers.map((server) => server.stop()));
    expect(ends.map(({ stderr }) => stderr).join(""), "no server printed an error").toBe("");
  });

  async function newWindow(options?: BrowserContextOptions) {
    const window = await openWindow(browser, options);
    windows.push(window);
    return window;
  }

  test("carries messages both ways between two tabs, and shows who is here", async () => {
    const window = await newWindow();
    const first = await window.tab(address);
    const second = await window.tab(address);
    const names = [await first.ownName(), await second.ownName()];
    expect(new Set(names).size, "two tabs are two people").toBe(2);
    await first.sees(`${names[1]} came in`);
    for (const tab of [first, second]) expect(await tab.names()).toEqual(names);

    await first.say("Are the buns ready?");
    await second.sees("Are the buns ready?");
    await second.say("Five more minutes.");
    await first.sees("Five more minutes.");
    for (const tab of [first, second]) {
      expect(await tab.messages()).toEqual(["Are the buns ready?", "Five more minutes."]);
    }
    expect(await first.log.locator(".mine").count(), "one's own words stand apart").toBe(1);
  });

  test("keeps rooms apart, and moves between them", async () => {
    const window = await newWindow();
    const kitchen = await window.tab(`${address}#kitchen`);
    const other = await window.tab(`${address}#tea-house`);
    const mover = await window.tab(`${address}#kitchen`);
    const name = await mover.ownName();
    await kitchen.sees(`${name} came in`);

    await kitchen.say("only in the kitchen");
    await mover.sees("only in the kitchen");
    await mover.page.getByRole("link", { name: "#tea-house" }).click();
    await other.sees(`${name} came in`);
    await kitchen.sees(`${name} left`);
    expect(await kitchen.names()).toEqual([await kitchen.ownName()]);

    await mover.say("only in the tea house");
    await other.sees("only in the tea house");
    await kitchen.say("still the kitchen");
    await kitchen.sees("still the kitchen");
    // By now whatever was to reach the wrong room has: each connection delivers in order, and these came later.
    expect(await other.messages()).toEqual(["only in the tea house"]);
    expect(await mover.messages()).toEqual(["only in the tea house"]);
    expect(await kitchen.messages()).toEqual(["only in the kitchen", "still the kitchen"]);

    await mover.page.getByLabel("Another room").fill("Steam Room");
    await mover.page.getByRole("button", { name: "Go" }).click();
    await mover.page.getByRole("heading", { name: "#steam-room" }).waitFor();
    expect(new URL(mover.page.url()).hash).toBe("#steam-room");
    await other.sees(`${name} left`);
    await mover.page.goBack();
    await mover.sees("only in the tea house");
  });

  test("shows a rename to all, and remembers the name for the next visit", async () => {
    const window = await newWindow();
    const renamed = await window.tab(`${address}#rename`);
    const witness = await (await newWindow()).tab(`${address}#rename`);
    const before = await renamed.ownName();

    await renamed.page.getByLabel("Your name").fill("Ann");
    await renamed.page.getByRole("button", { name: "Save" }).click();
    await witness.sees(`${before} is now Ann`);
    await renamed.sees(`${before} is now Ann`);
    expect(await witness.names()).toEqual(["Ann", await witness.ownName()]);
    expect(await renamed.ownName()).toBe("Ann");

    const second = await window.tab(`${address}#rename`);
    expect(await second.ownName(), "the name is taken while the first tab is open").toBe("Ann 2");
    await second.page.close();
    await witness.sees("Ann 2 left");
    await renamed.page.reload();
    await renamed.isConnected();
    expect(await renamed.ownName()).toBe("Ann");
  });

  test("says who left when a tab is closed", async () => {
    const window = await newWindow();
    const stays = await window.tab(`${address}#leave`);
    const goes = await window.tab(`${address}#leave`);
    const name = await goes.ownName();
    await stays.sees(`${name} came in`);
    await goes.page.close();
    await stays.sees(`${name} left`);
    expect(await stays.names()).toEqual([await stays.ownName()]);
  });

  test("does not say that someone has left who is in the next list of members", async () => {
    const tab = await (await newWindow()).tab(`${address}#members`, { breakable: true });
    const [ann, ben] = ["Ann", "Ben"].map((name) => ({ id: name, presence: { id: name, name } }));
    const tell = (change: object): void => tab.tell(`j room:members\n${JSON.stringify(change)}`);
    tell({ join: [ann, ben] });
    await tab.sees("Ben came in");
    // Ann has another name. The connection has lost that, and brings the list.
    tell({ leave: [ann] });
    tell({ members: [{ ...ann, presence: { id: "Ann", name: "Anna" } }, ben] });
    tell({ leave: [ben] });
    await tab.sees("Ben left");
    expect(await tab.names()).toEqual(["Anna"]);
    expect(await tab.log.getByText("left").allTextContents()).toEqual(["Ben left"]);
  });

  test("shows a newcomer the messages, always as text", async () => {
    const markup = '<img src="/nowhere" onerror="alert(1)"><b>bold</b>';
    const host = await (await newWindow()).tab(`${address}#history`);
    await host.say("First words");
    await host.text.fill("Two");
    await host.text.press("Shift+Enter");
    await host.text.pressSequentially("lines");
    await host.page.getByRole("button", { name: "Send" }).click();
    await host.say(markup);
    await host.sees("bold");

    const newcomer = await (await newWindow()).tab(`${address}#history`);
    await newcomer.sees("First words");
    expect(await newcomer.messages()).toEqual(["First words", "Two\nlines", markup]);
    expect(await newcomer.log.locator(".bubble *").count(), "no element came out of a message").toBe(0);
    expect(await newcomer.log.locator(".mine").count()).toBe(0);
  });

  test("comes back after the server was restarted, with what was typed meanwhile", async () => {
    const PORT = String(await freePort());
    const server = new ServerProcess({ PORT });
    servers.push(server);
    const there = await server.address();
    const window = await newWindow();
    const ann = await window.tab(`${there.href}#restart`);
    const bob = await window.tab(`${there.href}#restart`);
    const names = [await ann.ownName(), await bob.ownName()];
    await ann.say("before");
    await bob.sees("before");

    expect((await server.stop()).code).toBe(0);
    for (const tab of [ann, bob]) await tab.status.filter({ hasText: "No connection" }).waitFor();
    await ann.say("typed meanwhile");
    const unsent = ann.log.locator(".unsent").filter({ hasText: "typed meanwhile" });
    await unsent.waitFor();

    const again = new ServerProcess({ PORT });
    servers.push(again);
    await again.address();
    for (const tab of [ann, bob]) await tab.isConnected();
    await bob.sees("typed meanwhile");
    await unsent.waitFor({ state: "detached" });
    expect([await ann.ownName(), await bob.ownName()], "each tab kept its name").toEqual(names);
    await bob.say("after");
    await ann.sees("after");
    for (const tab of [ann, bob]) {
      expect(await tab.messages(), "nothing lost, nothing twice").toEqual([
        "before",
        "typed meanwhile",
        "after",
      ]);
      // Chromium reports each attempt that fails; while there was no server, it was right to.
      tab.complaints = tab.complaints.filter(
        (complaint) => !/WebSocket connection to .* failed/.test(complaint),
      );
    }
  });

  test("shows nothing twice and says nothing twice when only a connection broke", async () => {
    const window = await newWindow();
    const stays = await window.tab(`${address}#broken`);
    const breaks = await window.tab(`${address}#broken`, { breakable: true });
    await breaks.say("heard");
    await stays.sees("heard");

    // The server gets the message, but its reply is lost with the connection.
    breaks.deafen();
    await breaks.say("heard without a reply");
    await stays.sees("heard without a reply");
    await stays.say("missed");
    await stays.sees("missed");
    await breaks.disconnect();

    await breaks.sees("missed");
    expect(await breaks.log.locator(".unsent").count()).toBe(0);
    await stays.say("the end");
    await breaks.sees("the end");
    const messages = ["heard", "heard without a reply", "missed", "the end"];
    expect(await stays.messages()).toEqual(messages);
    expect(await breaks.messages()).toEqual(messages);
  });

  test.each(["light", "dark"] as const)("fits a phone, in %s colours", async (colorScheme) => {
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme };
    const tab = await (await newWindow(phone)).tab(`${address}#phone-${colorScheme}`);
    await tab.say(`a${"_very".repeat(40)}_long_word`);
    await tab.sees("_long_word");
    const widths = () => tab.page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
    expect(await widths(), "no scrolling sideways").toEqual([390, 390]);
    const bubble = await tab.log.locator(".bubble").boundingBox();
    expect(bubble?.x, "nothing cut off").toBeGreaterThanOrEqual(0);
    expect((bubble?.x ?? 0) + (bubble?.width ?? 0)).toBeLessThanOrEqual(390);

    const name = tab.page.getByLabel("Your name");
    expect(await name.isVisible()).toBe(false);
    await tab.page.getByRole("button", { name: "1 here" }).tap();
    await name.waitFor();
    expect(await widths()).toEqual([390, 390]);
    await tab.page.keyboard.press("Escape");
    await name.waitFor({ state: "hidden" });

    // As the page is without a connection.
    await tab.page.evaluate(`{
      const status = document.getElementById("status");
      status.dataset.state = "waiting";
      status.textContent = "No connection. Trying again…";
      document.getElementById("retry").hidden = false;
    }`);
    expect(await widths()).toEqual([390, 390]);
    const band = await tab.status.boundingBox();
    expect(band, "a band from side to side, one line high").toMatchObject({ x: 0, width: 390, height: 44 });
    const button = await tab.page.getByRole("button", { name: "Try now" }).boundingBox();
    expect(button?.y, "the button in it").toBeGreaterThanOrEqual(band?.y ?? 0);
    expect((button?.y ?? 0) + (button?.height ?? 0)).toBeLessThanOrEqual((band?.y ?? 0) + 44);

    const background = await tab.page.evaluate("getComputedStyle(document.body).backgroundColor");
    const brightness = Math.max(...(String(background).match(/\d+/g) ?? []).map(Number));
    if (colorScheme === "dark") expect(brightness).toBeLessThan(64);
    else expect(brightness).toBeGreaterThan(192);
  });
});
