import { freePort } from "@mantou/testing/free-port";
import { expect, it } from "vitest";
import { conformanceTests } from "../src/conformance-tests.ts";
import { proxyRules } from "../src/rules/proxy/index.ts";
import { viaRules } from "../src/rules/via/index.ts";
import type { CheckOptions } from "../src/run/check.ts";
import { startProxy } from "./support/small-proxy.ts";
import { startWebSocketServer } from "./support/websocket-server.ts";

/** The tests that are declared, by the ids of their rules. */
function declared(url: string | (() => string), options: CheckOptions): Map<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>();
  const test = (name: string, body: () => Promise<void>) => tests.set(name.slice(0, name.indexOf(":")), body);
  conformanceTests({ describe: (_, body) => body(), test }, url, options);
  return tests;
}

it.each(["only", "skip"] as const)("refuses a name in `%s` that no rule has", (option) => {
  const names = ["rfc9112/3/request-line", "rfc9112/3/reqest"];
  const options = { [option]: names };
  const words = `${option} names "rfc9112/3/reqest", which is in the id of no rule`;
  expect(() => declared("http://127.0.0.1/", options)).toThrow(new RangeError(words));
});

it("declares the rules that the options of a run choose", () => {
  const url = "http://127.0.0.1/";
  expect([...declared(url, { only: ["rfc9112/3/request-line"] }).keys()]).toEqual(["rfc9112/3/request-line"]);
  expect(declared(url, { skip: ["rfc9112/3/request-line"] }).has("rfc9112/3/request-line-whitespace")).toBe(
    true,
  );
  expect(declared(url, { only: ["rfc9112/3/line-of-8000"], level: "must" }).size).toBe(0);
  expect(declared(url, { only: [] }).size).toBeGreaterThan(100);
  const websocket = "ws://127.0.0.1/";
  expect([...declared(url, { websocket, proxyProtocol: true, skip: ["rfc"] }).keys()]).toEqual(
    proxyRules.map(({ id }) => id),
  );
  expect([...declared(url, { websocket, origin: { port: 1 } }).keys()]).toEqual(viaRules.map(({ id }) => id));
});

it("puts the rules of proxies to the test", async () => {
  const port = await freePort();
  const proxy = await startProxy(port, { keepsHopFields: true });
  const rule = "rfc9110/7.6.1/via-connection-options";
  const tests = declared(proxy.url, { origin: { port }, only: [rule], timeout: 300 });
  await expect(tests.get(rule)!()).rejects.toThrow("due: a request without X-Hop");
  await proxy.close();
});

it("fails a test whose rule the target is not examined by", async () => {
  const server = await startWebSocketServer();
  const rule = "rfc9112/3.2/host-missing";
  const tests = declared(() => server.url, { only: [rule], timeout: 300 });
  await expect(tests.get(rule)!()).rejects.toThrow(`is no URL of a target that ${rule} is about`);
  await server.close();
});
