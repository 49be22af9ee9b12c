import { readdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@mantou/testing/free-port";
import { tempDir } from "@mantou/testing/temp-dir";
import { expect, it } from "vitest";
import { runs, some } from "../../../vitest.runs.ts";
import { runCommand } from "../src/cli/run-command.ts";
import { viaRules } from "../src/rules/via/index.ts";
import { type CheckOptions, check } from "../src/run/check.ts";
import { type ProxyFault, startProxy } from "./support/small-proxy.ts";

/** The rules that a proxy breaks. */
async function brokenBy(fault: ProxyFault, options: CheckOptions): Promise<readonly string[]> {
  const port = await freePort();
  const proxy = await startProxy(port, fault);
  const broken: string[] = [];
  let count = 0;
  for await (const verdict of check(proxy.url, { origin: { port }, seed: 1, timeout: 300, ...options })) {
    count++;
    if (verdict.kind !== "held") broken.push(verdict.rule.id);
  }
  await proxy.close();
  expect(count).toBeGreaterThan(0);
  return broken;
}

it("a strict proxy breaks no rule", async () => {
  expect(await brokenBy({}, { runs: runs(100).numRuns })).toEqual([]);
});

const faults: readonly (ProxyFault & { readonly name: string; readonly rule: string })[] = [
  {
    name: "Transfer-Encoding goes before Content-Length, and the connection is used on",
    rule: "rfc9112/6.3/via-te-and-cl",
    input: (text) =>
      /^transfer-encoding: ?chunked\r/im.test(text) ? text.replace(/^content-length:.*\r\n/im, "") : text,
  },
  {
    name: "both are passed on",
    rule: "rfc9112/6.3/via-te-and-cl",
    input: (text) => text.replace(/^transfer-encoding: ?chunked\r\n/im, ""),
    output: (text) =>
      text.includes("?hidden") ? text.replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n") : text,
  },
  {
    name: "a quoted coding is chunked",
    rule: "rfc9112/6.3/via-te-obscured",
    input: (text) =>
      text.includes('"chunked"') ? text.replace(/^content-length:.*\r\n/im, "").replaceAll('"', "") : text,
  },
  {
    name: "the first Content-Length counts",
    rule: "rfc9112/6.3/via-cl-doubtful",
    input: (text) => text.replace(/(Content-Length: \d+\r\n)Content-Length: \d+\r\n/i, "$1"),
  },
  {
    name: "a chunk size is read modulo 2^32",
    rule: "rfc9112/7.1/via-chunk-size",
    input: (text) => text.replace(/^1[0-9a-f]{8}\r\n/m, (line) => `${line.trim().slice(-8)}\r\n`),
  },
  {
    name: "fields that Connection names are passed on",
    rule: "rfc9110/7.6.1/via-connection-options",
    keepsHopFields: true,
  },
  { name: "Host goes before the target", rule: "rfc9112/3.2.2/via-authority", keepsHost: true },
  {
    name: "a request is passed on twice",
    rule: "rfc9110/7.6/via-one-for-one",
    output: (text) => (text.startsWith("GET") ? text + text : text),
  },
];

it.each(some(faults))("$rule: $name", async ({ rule, ...fault }) => {
  expect(await brokenBy(fault, { only: [rule] })).toEqual([rule]);
});

it("a proxy that closes the connection behind each response owes no further one", async () => {
  expect(await brokenBy({ closes: true }, { only: ["rfc9110/7.6/via-one-for-one"] })).toEqual([]);
});

it.each(["localhost", "[127.0.0.1]"])("the origin may be on %s", async (host) => {
  const port = await freePort();
  const proxy = await startProxy(port);
  const common = ["--via", proxy.url, "--only", "via-authority", "--timeout", "300"];
  const output = { print: () => {}, note: () => {}, progress: null };
  expect(await runCommand([...common, "--origin", `listen:${host}:${port}`], output)).toBe(0);
  await proxy.close();
});

it("each rule of a proxy has an id of its own", () => {
  expect(viaRules.map(({ id }) => id)).toEqual([...new Set(viaRules.map(({ id }) => id))]);
  expect(viaRules.every(({ id }) => /^rfc911[02]\/[\d.]+\/via-[\w-]+$/.test(id))).toBe(true);
});

it("a proxy that passes nothing on is told", async () => {
  const port = await freePort();
  const other = await freePort();
  const proxy = await startProxy(other);
  const done = (async () => {
    for await (const _ of check(proxy.url, { origin: { port }, timeout: 300 }));
  })();
  await expect(done).rejects.toThrow(/the connection|nothing arrived/i);
  await proxy.close();
});

it("a case of a proxy is replayed, with the origin behind it", async () => {
  const port = await freePort();
  const proxy = await startProxy(port, { keepsHopFields: true });
  const folder = tempDir();
  const output = { print: () => {}, note: () => {}, progress: null };
  const common = ["--via", proxy.url, "--origin", `listen:${port}`, "--timeout", "300"];
  const rule = ["--only", "rfc9110/7.6.1/via-connection-options"];
  expect(await runCommand([...common, ...rule, "--save", folder], output)).toBe(1);
  const file = join(folder, readdirSync(folder)[0]!);
  expect(await runCommand([...common, "--replay", file], output)).toBe(1);
  await proxy.close();
  const sound = await startProxy(port);
  const other = ["--via", sound.url, ...common.slice(2)];
  expect(await runCommand([...other, "--replay", file], output)).toBe(0);
  const notes: string[] = [];
  const noted = { ...output, note: (text: string) => void notes.push(text) };
  expect(await runCommand([sound.url, "--replay", file], noted)).toBe(2);
  expect(notes.join()).toContain("--via and --origin name one");
  await sound.close();
});
