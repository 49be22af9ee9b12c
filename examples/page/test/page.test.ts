import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";

const folder = new URL("../", import.meta.url);
const children: ChildProcess[] = [];
const places = [process.env["CHROMIUM"] ?? "/usr/bin/chromium", "/usr/bin/chromium-browser"];
const executablePath = places.find((place) => existsSync(place));
const isRequired = process.env["MANTOU_REQUIRE_BROWSER"] === "1";
if (executablePath === undefined && !isRequired) {
  console.warn(
    "SKIPPED: the browser tests of the page. They need Chromium: install it, or say where it is with CHROMIUM=...",
  );
}
let browser: Browser | undefined;

afterAll(async () => {
  await browser?.close();
  for (const child of children) child.kill("SIGKILL");
});

function start(mode: string): Promise<URL> {
  const cli = fileURLToPath(new URL("node_modules/@mantou/bun/dist/cli/main.js", folder));
  const env = { ...process.env, PORT: "0", NODE_ENV: mode, NODE_NO_WARNINGS: "1" };
  const child = spawn(process.execPath, [cli, "src/server.ts"], { cwd: folder, env });
  children.push(child);
  return new Promise((resolve, reject) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => {
        output += String(text);
        const port = /Listening on http:\/\/\S+:(\d+)/.exec(output)?.[1];
        if (port !== undefined) resolve(new URL(`http://127.0.0.1:${port}`));
      });
    child.once("exit", (code) => reject(new Error(`mantou ended with ${code}: ${output}`)));
  });
}

describe.each(["development", "production"])("the page, in %s", (mode) => {
  test("is served with its API", async () => {
    const address = await start(mode);
    const html = await (await fetch(address)).text();
    const [script] = [...html.matchAll(/src="([^"]+main[^"]*|[^"]+assets[^"]+)"/g)].map(([, url]) => url!);
    expect((await fetch(new URL(script!, address))).headers.get("content-type")).toContain("text/javascript");
    expect((await fetch(new URL("/api/orders/sesame", address), { method: "POST" })).status).toBe(204);
    expect((await fetch(new URL("/api/orders/none", address), { method: "POST" })).status).toBe(404);
    expect(await (await fetch(new URL("/api/orders", address))).json()).toEqual({
      plain: 0,
      sesame: 1,
      custard: 0,
    });
  });

  test.runIf(executablePath !== undefined || isRequired)("shows each order in every open page", async () => {
    const address = await start(mode);
    browser ??= await chromium.launch({
      executablePath: executablePath ?? "chromium",
      args: ["--no-sandbox", "--disable-gpu"],
    });
    const [first, second] = [await browser.newPage(), await browser.newPage()];
    const complaints: string[] = [];
    for (const page of [first, second]) {
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      await page.goto(address.href);
      await page.getByRole("button", { name: "custard" }).waitFor();
    }
    await first.getByRole("button", { name: "custard" }).click();
    for (const page of [first, second]) await page.getByRole("button", { name: /custard\s*1/ }).waitFor();
    if (process.env["MANTOU_SCREENSHOT"]) await second.screenshot({ path: process.env["MANTOU_SCREENSHOT"] });
    expect(complaints).toEqual([]);
    await Promise.all([first.close(), second.close()]);
  });
});
