import { BROWSER_ARGS, findBrowser } from "@mantou/testing/browser";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { html } from "../src/report/html.ts";
import { check } from "../src/run/check.ts";
import type { Verdict } from "../src/run/verdict.ts";
import { startServer } from "./support/faulty-server.ts";

const executablePath = findBrowser("the report in a browser");
const ONLY = ["rfc9110/6.6.1/date", "rfc9112/3.2/host-missing", "rfc9112/6.3/cl-invalid", "echo-length"];

/** A page with a broken rule, held ones, and one that does not apply. */
async function page(): Promise<string> {
  const server = await startServer({ output: (text) => text.replace(/Date: [^\r]*\r\n/g, "") });
  const verdicts: Verdict[] = [];
  for await (const verdict of check(server.url, { seed: 1, runs: 5, only: ONLY })) verdicts.push(verdict);
  await server.close();
  const target = { ...verdicts[0]!.target, name: `${server.url}<script>"&` };
  return html(target, verdicts, 1, new Date(0));
}

describe.skipIf(executablePath === null)("--html", () => {
  let browser: Browser;
  let text: string;

  beforeAll(async () => {
    text = await page();
    browser = await chromium.launch({ executablePath: executablePath!, args: [...BROWSER_ARGS] });
  });

  afterAll(() => browser?.close());

  it.each(["light", "dark"] as const)("is one page that fits a phone, %s", async (colorScheme) => {
    const shown = await browser.newPage({ viewport: { width: 360, height: 740 }, colorScheme });
    const requests: string[] = [];
    shown.on("request", (request) => requests.push(request.url()));
    await shown.setContent(text);
    expect(requests).toEqual([]);
    expect(await shown.locator("h1").textContent()).toContain('<script>"&');
    expect(await shown.locator("li.broken").count()).toBe(1);
    expect(await shown.locator("li.not-applicable").count()).toBe(1);
    await shown.locator("details > summary").first().click();
    expect(await shown.locator("pre").first().innerText()).toContain("due: a Date");
    const width = "document.documentElement.scrollWidth";
    expect(await shown.evaluate(width)).toBeLessThanOrEqual(360);
    // Text and ground are far apart in both schemes.
    const colors = "['color', 'backgroundColor'].map((name) => getComputedStyle(document.body)[name])";
    const [ink, ground] = ((await shown.evaluate(colors)) as string[]).map((color) =>
      Number(/\d+/.exec(color)![0]),
    );
    expect(colorScheme === "dark" ? ink! - ground! : ground! - ink!).toBeGreaterThan(150);
    await shown.close();
  });
});
