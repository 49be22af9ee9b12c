import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = new URL("../", import.meta.url);
const root = fileURLToPath(new URL("public/", folder));
let child: ChildProcess;
let address: URL;
let complaints = "";

beforeAll(async () => {
  const main = fileURLToPath(new URL("dist/main.js", folder));
  const env = { ...process.env, PORT: "0" };
  child = spawn(process.execPath, [main], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  child.stderr!.on("data", (text) => {
    complaints += text;
  });
  address = await new Promise((resolve, reject) => {
    let output = "";
    child.stdout!.on("data", (text) => {
      output += text;
      const port = /^public is at http:\/\/\S+:(\d+)\/\n/.exec(output)?.[1];
      if (port !== undefined) resolve(new URL(`http://127.0.0.1:${port}`));
    });
    child.once("exit", (code) => reject(new Error(`It ended with ${code}: ${output}${complaints}`)));
  });
});

afterAll(async () => {
  child.kill();
  await once(child, "exit");
  expect(complaints).toBe("");
});

const get = (path: string, headers = {}) => fetch(new URL(path, address), { headers });

test("serves a file with its type, in whole, in part, and not again if it is the same", async () => {
  const whole = await get("/notes.txt");
  expect(whole.headers.get("content-type")).toBe("text/plain;charset=utf-8");
  expect(await whole.text()).toBe("Steam for twelve minutes.\n");
  const part = await get("/notes.txt", { Range: "bytes=0-4" });
  expect([part.status, await part.text()]).toEqual([206, "Steam"]);
  const same = await get("/notes.txt", { "If-Modified-Since": whole.headers.get("last-modified") });
  expect(same.status).toBe(304);
  const changed = await fetch(new URL("/notes.txt", address), { method: "POST" });
  expect([changed.status, changed.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("serves index.html for a folder, at an address with a slash", async () => {
  expect(await (await get("/site/")).text()).toContain("<title>Files</title>");
  const response = await fetch(new URL("/site?a=1", address), { redirect: "manual" });
  expect([response.status, response.headers.get("location")]).toEqual([301, "./site/?a=1"]);
});

test("lists a folder without one: folders, then files, as links and as text", async () => {
  const folder = mkdtempSync(join(root, "listed-"));
  const path = `/${basename(folder)}`;
  try {
    mkdirSync(join(folder, "z"));
    writeFileSync(join(folder, "<b>&?.txt"), "x".repeat(1_234));
    writeFileSync(join(folder, ".hidden"), "");
    symlinkSync("/etc/hostname", join(folder, "outside"));
    symlinkSync("/etc", join(folder, "outer"));
    const text = await (await get(`${path}/`)).text();
    const links = [...text.matchAll(/href="([^"]+)">([^<]+)</g)].map(([, link, name]) => [link, name]);
    expect(links).toEqual([
      ["../", "../"],
      ["z/", "z/"],
      ["%3Cb%3E%26%3F.txt", "&#60;b&#62;&#38;?.txt"],
    ]);
    expect(text).toContain("<td>1.2 kB</td>");
    expect((await (await get(`${path}/%3Cb%3E%26%3F.txt`)).text()).length).toBe(1_234);
    for (const outside of ["outside", "outer", "outer/"])
      expect((await get(`${path}/${outside}`)).status).toBe(404);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const all = await get("/");
  expect(await all.text()).toContain('<a href="recipes/">recipes/</a>');
  expect(all.headers.get("content-security-policy")).toContain("default-src 'none'");
});

test("has nothing else, least of all from outside", async () => {
  const none = await get("/none.txt");
  expect([none.status, none.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  expect(await none.text()).toContain("No file has this address.");
  expect((await get("/%ff")).status).toBe(404);
  // Not by `fetch`, which takes such paths apart before it asks.
  for (const path of [
    "/../package.json",
    "/%2e%2e/package.json",
    "/..%2fpackage.json",
    "/..%2f",
    "/..%2fsrc/",
  ]) {
    const [response] = (await once(http.get(address, { path }), "response")) as [http.IncomingMessage];
    response.resume();
    expect(response.statusCode, path).toBe(404);
  }
});
