import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = new URL("../", import.meta.url);
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
  const same = await get("/notes.txt", { "If-None-Match": whole.headers.get("etag") });
  expect(same.status).toBe(304);
});

test("serves index.html for the folder", async () => {
  expect(await (await get("/")).text()).toContain("<title>Files</title>");
});

test("has nothing else, least of all from outside", async () => {
  expect((await get("/none.txt")).status).toBe(404);
  // Not by `fetch`, which takes such paths apart before it asks.
  for (const path of ["/../package.json", "/%2e%2e/package.json", "/..%2fpackage.json"]) {
    const [response] = (await once(http.get(address, { path }), "response")) as [http.IncomingMessage];
    response.resume();
    expect(response.statusCode, path).toBe(404);
  }
});
