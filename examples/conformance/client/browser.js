// `fetch` and `WebSocket` of Chromium, in a page for each URL: `npm install playwright-core`,
// `mantou-conformance --client --stay --timeout 10000 -- node client/browser.js`
import process from "node:process";
import { chromium } from "playwright-core";
import { isWebSocket, lineOf, takeTrials, untilClosed } from "./trials.js";

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // The page may read what no server has said that it may: its trials are of HTTP, and not of origins.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-web-security",
    "--disable-features=LocalNetworkAccessChecks",
  ],
});

// Pages share connections, and each trial has a port of its own.
const context = await browser.newContext();

await takeTrials(async (url, method) => {
  const page = await context.newPage();
  try {
    if (isWebSocket(url)) return await page.evaluate(`(${untilClosed})(WebSocket, "${url}")`);
    const [status, content] = await page.evaluate(request, [url, method]);
    return lineOf(status, content);
  } finally {
    await page.close();
  }
});
await browser.close();

/** Runs in the page. */
async function request([url, method]) {
  const response = await fetch(url, { method, cache: "no-store", redirect: "manual" });
  return [response.status, Array.from(new Uint8Array(await response.arrayBuffer()))];
}
