import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const folder = new URL("../", import.meta.url);
let child: ChildProcess;
let proxy: URL;
let complaints = "";
/** What the server behind the proxy does next. */
let respond: http.RequestListener;
const upstream = http.createServer((request, response) => respond(request, response));

beforeAll(async () => {
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const env = {
    ...process.env,
    PORT: "0",
    UPSTREAM: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    NODE_NO_WARNINGS: "1",
  };
  const cli = fileURLToPath(new URL("node_modules/@mantou/bun/dist/cli/main.js", folder));
  child = spawn(process.execPath, [cli, "src/proxy.ts"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stderr!.on("data", (text) => {
    complaints += text;
  });
  proxy = await new Promise((resolve, reject) => {
    let output = "";
    child.stdout!.on("data", (text) => {
      output += text;
      const port = /Listening on http:\/\/\S+:(\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(new URL(`http://127.0.0.1:${port}`));
    });
    child.once("exit", (code) => reject(new Error(`mantou ended with ${code}: ${output}${complaints}`)));
  });
});

afterAll(async () => {
  upstream.close().closeAllConnections();
  child.kill("SIGTERM");
  await once(child, "exit");
});

test("passes on the method, the path, the query, headers and content, and says who asked", async () => {
  respond = async (request, response) => {
    const content = await request.setEncoding("utf8").toArray();
    const { method, url, headers } = request;
    response.writeHead(201, { "X-Up": "1", "Set-Cookie": ["a=1", "b=2"] });
    response.end(JSON.stringify({ method, url, a: headers["x-a"], by: headers["x-forwarded-for"], content }));
  };
  // A path that, taken for a reference, would be another host.
  const url = new URL("?d=e&f", proxy);
  url.pathname = "//elsewhere/b%20c";
  const response = await fetch(url, { method: "PUT", headers: { "X-A": "a" }, body: "buns" });
  expect(response.status).toBe(201);
  expect(response.headers.get("x-up")).toBe("1");
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.json()).toEqual({
    method: "PUT",
    url: "//elsewhere/b%20c?d=e&f",
    a: "a",
    by: expect.stringContaining("127.0.0.1"),
    content: ["buns"],
  });
});

test("passes on what it gets, while more is to come, in both directions", async () => {
  respond = (request, response) => void request.pipe(response);
  const sent = http.request(proxy, { method: "POST" });
  sent.write("first");
  const [response] = (await once(sent, "response")) as [http.IncomingMessage];
  response.setEncoding("utf8");
  expect(await once(response, "data")).toEqual(["first"]);
  sent.write("second");
  expect(await once(response, "data")).toEqual(["second"]);
  sent.end();
  expect(await response.toArray()).toEqual([]);
});

test("aborts the request to the server behind it when the client has gone", async () => {
  const gone = new Promise<void>((resolve) => {
    respond = (_, response) => {
      response.once("close", resolve);
      response.write("the beginning");
    };
  });
  const sent = http.get(proxy);
  const [response] = (await once(sent, "response")) as [http.IncomingMessage];
  response.once("error", () => {});
  await once(response, "data");
  sent.destroy();
  await gone;
});

test("leaves redirects to the client, and content as readable as it was", async () => {
  respond = (_, response) => {
    response.writeHead(302, { Location: "/there", "Content-Encoding": "gzip" }).end(zlib.gzipSync("zipped"));
  };
  const response = await fetch(proxy, { redirect: "manual" });
  expect([response.status, response.headers.get("location")]).toEqual([302, "/there"]);
  expect(await response.text()).toBe("zipped");
});

test("responds with 502 if no server listens there", async () => {
  expect(complaints).toBe("");
  respond = (request) => void request.socket.destroy();
  const response = await fetch(proxy);
  expect(response.status).toBe(502);
  expect(await response.text()).toContain("does not respond");
  // It comes by another pipe than the response.
  await vi.waitUntil(() => complaints.includes("http://127.0.0.1"), { timeout: 60_000 });
});
