import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";

/** Starts a headless Chromium with a profile of its own and no background requests. */
export async function launch(executablePath: string): Promise<Browser> {
  return await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** What a visitor sees and does in one tab, in the terms of assistive technology: roles and labels. */
export class Tab {
  readonly page: Page;
  /** What the browser complained about: errors and warnings on the console, and uncaught exceptions. */
  complaints: string[] = [];
  readonly log: Locator;
  readonly people: Locator;
  readonly text: Locator;
  readonly status: Locator;
  #isDeaf = false;
  #disconnect: () => Promise<void> = async () => {};
  #tell: (line: string) => void = () => {};

  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    this.log = page.getByRole("log", { name: "Messages" });
    this.people = page.getByRole("list", { name: "Here now", includeHidden: true }).locator("li");
    this.text = page.getByLabel("Message", { exact: true });
    this.status = page.getByRole("status");
  }

  /** Puts the test between the page and the server, which is to be done before the page opens. */
  async interpose(): Promise<void> {
    await this.page.routeWebSocket("**/ws?**", (toPage) => {
      const toServer = toPage.connectToServer();
      this.#isDeaf = false;
      toServer.onMessage((message) => {
        if (!this.#isDeaf) toPage.send(message);
      });
      this.#tell = (line) => toPage.send(line);
      this.#disconnect = async () => {
        await toServer.close();
        await toPage.close({ code: 1001 });
      };
    });
  }

  /** Keeps from the page what the server says on this connection from now on. */
  deafen(): void {
    this.#isDeaf = true;
  }

  /** Tells the page a line of mantou.topics.1 that the server has not said. */
  tell(line: string): void {
    this.#tell(line);
  }

  /** Ends the connection on both sides; the next one is whole again. */
  async disconnect(): Promise<void> {
    await this.#disconnect();
  }

  /** Says something, with the Enter key. */
  async say(text: string): Promise<void> {
    await this.text.fill(text);
    await this.text.press("Enter");
  }

  /** Waits until a line of the log has this text. */
  async sees(text: string | RegExp): Promise<void> {
    await this.log.getByRole("listitem").filter({ hasText: text }).first().waitFor();
  }

  /** The texts of the messages on the screen, oldest first. */
  async messages(): Promise<string[]> {
    return await this.log.locator(".bubble").allTextContents();
  }

  /** The names in the list of those who are here. */
  async names(): Promise<string[]> {
    return await this.people.locator("bdi").allTextContents();
  }

  /** The name that the server knows this tab by. */
  async ownName(): Promise<string> {
    return await this.people.filter({ hasText: /you$/ }).locator("bdi").innerText();
  }

  /** Waits until there is a connection. */
  async isConnected(): Promise<void> {
    await this.status.filter({ hasText: /^Connected$/ }).waitFor();
    await this.people.first().waitFor({ state: "attached" });
  }
}

/** A browser's window: its tabs share what the page remembers. */
export async function openWindow(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{
  tab(address: string, options?: { breakable: boolean }): Promise<Tab>;
  tabs: Tab[];
  close(): Promise<void>;
}> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const tabs: Tab[] = [];
  return {
    tabs,
    async tab(address, { breakable } = { breakable: false }) {
      const tab = new Tab(await context.newPage());
      tabs.push(tab);
      if (breakable) await tab.interpose();
      await tab.page.goto(address);
      await tab.isConnected();
      return tab;
    },
    close: () => context.close(),
  };
}
