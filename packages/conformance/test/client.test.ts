import { Buffer } from "node:buffer";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { tempDir } from "@mantou/testing/temp-dir";
import { until } from "@mantou/testing/wait";
import { expect, it } from "vitest";
import { some } from "../../../vitest.runs.ts";
import { runCommand } from "../src/cli/run-command.ts";
import { sentBytes } from "../src/exchange/exchange.ts";
import { clientRules } from "../src/rules/client/index.ts";
import { type ClientOptions, startClient } from "../src/run/check-client.ts";
import type { Verdict } from "../src/run/verdict.ts";
import { type Caller, commandCaller } from "../src/target/caller.ts";
import { stayingCaller } from "../src/target/staying-caller.ts";
import { callerWith } from "./support/caller.ts";
import { clientFaults } from "./support/client-faults.ts";

const isFull = process.env["MANTOU_FULL"] === "1";

async function verdictsOn(caller: Caller | null, options: ClientOptions): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const run = await startClient(caller, { seed: 1, timeout: 1_000, ...options });
  for await (const verdict of run.verdicts) verdicts.push(verdict);
  return verdicts;
}

const kinds = (verdicts: readonly Verdict[]) =>
  verdicts.map((verdict) =>
    verdict.kind === "broken"
      ? `${verdict.rule.id}: ${verdict.violation.got}`
      : `${verdict.rule.id}: ${verdict.kind === "not-applicable" ? verdict.reason : verdict.kind}`,
  );

it("a strict client breaks no rule", async () => {
  const verdicts = await verdictsOn(callerWith(), { runs: isFull ? 40 : 2 });
  expect(verdicts).toHaveLength(clientRules.length);
  const others = kinds(verdicts).filter((text) => !text.endsWith(": held"));
  expect(others.filter((text) => !text.endsWith("the client does not offer permessage-deflate"))).toEqual([]);
  expect(others).toHaveLength(6);
});

it.concurrent.each(
  some(clientFaults),
)("$rule: $name: is found, and shrunk to hardly more than the shortest reply that shows it", async ({
  rule,
  name: _,
  shortest,
  ...fault
}) => {
  const [verdict] = await verdictsOn(callerWith(fault), { only: [rule], runs: 40 });
  expect(verdict).toMatchObject({ kind: "broken", rule: { id: rule } });
  if (verdict?.kind !== "broken") return;
  const sent = verdict.violation.trial.exchanges.map(sentBytes);
  const input = sent.map((bytes) => Buffer.from(bytes).toString("latin1").slice(0, 400));
  const most = Math.max(...sent.map(({ length }) => length));
  expect(most, JSON.stringify(input)).toBeLessThanOrEqual(1.5 * shortest);
});

it("a client that hangs has not failed the connection, although it is ended", async () => {
  let isDeaf = false;
  const caller = callerWith({
    incoming: (frame) => {
      isDeaf ||= frame.rsv !== 0;
      return isDeaf ? null : frame;
    },
  });
  const verdicts = await verdictsOn(caller, { only: ["rfc6455/5.2/client-rsv"], runs: 2, timeout: 100 });
  expect(kinds(verdicts)).toEqual(["rfc6455/5.2/client-rsv: no frame; the connection stayed open"]);
});

it("shows what a client prints without its control characters", async () => {
  const own = callerWith();
  let calls = 0;
  const caller: Caller = async (...call) => {
    const made = await own(...call);
    // Behind the probe's two calls.
    return calls++ < 2 ? made : { ...made, lines: ["200 \x1b[31m\0"] };
  };
  const verdicts = await verdictsOn(caller, { only: ["rfc9112/4/client-reason"], runs: 1 });
  expect(kinds(verdicts)).toEqual(["rfc9112/4/client-reason: 200 \\x1b[31m\\x00; it ended well"]);
});

it("examines a client that connects by itself by the rules of WebSocket", async () => {
  let stop = false;
  const connecting = (port: number) => {
    const caller = callerWith({ incoming: (frame) => ({ ...frame, rsv: 0 }) });
    const again = async (): Promise<void> => {
      while (!stop) await caller([`ws://127.0.0.1:${port}/`], "GET", AbortSignal.timeout(2_000));
    };
    void again();
  };
  const only = ["rfc6455/5.2/client-rsv", "client-opcode-data", "client-length-invalid"];
  const verdicts = await verdictsOn(null, { only, runs: 2, listening: connecting });
  stop = true;
  expect(kinds(verdicts).sort()).toEqual([
    "rfc6455/5.2/client-opcode-data: held",
    expect.stringMatching(/^rfc6455\/5\.2\/client-rsv: .*the pong to the last ping/),
    "rfc9112/6.3/client-length-invalid: what a client that connects by itself reads does not show: a command shows it",
  ]);
});

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const print = (text: string) => {
    out += `${text}\n`;
  };
  const note = (text: string) => {
    err += `${text}\n`;
  };
  const code = await runCommand(args, { print, note, progress: null });
  return { code, out, err };
}

const contract = readFileSync(new URL("../../../docs/client.md", import.meta.url), "utf8");
const [forOneTrial, thatStays] = [...contract.matchAll(/```js\n([\s\S]*?)```/g)].map(
  ([, program]) => program!,
);

it.each([
  { name: "for each trial", options: [], program: forOneTrial! },
  { name: "that stays", options: ["--stay"], program: thatStays! },
])("runs the command of the contract $name, and tells a violation with what to repeat it by", async ({
  options: more,
  program,
}) => {
  // The contract's own example, which undici makes break this rule on all lines of Node.js.
  const node = [process.execPath, "--input-type=module", "-e", program, "x", "{url}"];
  const options = [
    "--client",
    ...more,
    "--only",
    "client-continue,client-reason",
    "--runs",
    "1",
    "--timeout",
    "20000",
    "--seed",
    "1",
  ];
  const { code, out } = await run(...options, "--", ...node);
  expect(code).toBe(1);
  expect(out).toContain("held    must    rfc9112/4/client-reason");
  expect(out).toContain('  got: no response; it failed\n  due: content: "hello"\n');
  expect(out).toContain("| nc -l 127.0.0.1 3000 (for a request of http://127.0.0.1:3000/)\n  again: --only");
});

it("starts a command that stays anew when it hangs, and when it crashes", async () => {
  const program = `
    const { createInterface } = require("node:readline");
    createInterface({ input: process.stdin }).on("line", (line) => {
      const [method, ...urls] = line.split(" ");
      if (method === "POST") process.exit(3);
      if (method === "HEAD") return;
      for (const url of urls) console.log("200 " + Buffer.from(url).toString("hex"));
      console.log(method === "PUT" ? "failed" : "done");
    });`;
  const caller = stayingCaller([process.execPath, "-e", program]);
  const never = new AbortController().signal;
  const lines = (...urls: string[]) => urls.map((url) => `200 ${Buffer.from(url).toString("hex")}`);
  expect(await caller(["a", "b"], "GET", never)).toEqual({ end: "done", lines: lines("a", "b") });
  expect(await caller(["c"], "PUT", never)).toEqual({ end: "refused", lines: lines("c") });
  expect(await caller(["d"], "POST", never)).toEqual({ end: "crashed", lines: [] });
  expect(await caller(["e"], "HEAD", AbortSignal.timeout(50))).toEqual({ end: "killed", lines: [] });
  expect(await caller(["f"], "GET", never)).toEqual({ end: "done", lines: lines("f") });
  await caller.close!();
  const missing = stayingCaller(["/nonexistent"]);
  await expect(missing(["a"], "GET", never)).rejects.toThrow("The command cannot be run: ");
});

it("sends no trial to a command that has ended by itself behind the last one", async () => {
  const program = `process.stdin.once("data", () => process.stdout.write(process.pid + "\\ndone\\n", () => process.exit()));`;
  const caller = stayingCaller([process.execPath, "-e", program]);
  const never = new AbortController().signal;
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const first = await caller(["a"], "GET", never);
  // The end of its output comes with the end of the process.
  await until(() => !isAlive(Number(first.lines[0])), "the end of the process");
  expect((await caller(["b"], "GET", never)).end).toBe("done");
  await caller.close!();
});

it("lets a command that stays end with its input, and ends one that does not", async () => {
  const folder = tempDir();
  const program = (then: string): string => `
    process.stdin.on("data", () => console.log("done"));
    process.stdin.on("end", () => { require("node:fs").writeFileSync(${JSON.stringify(join(folder, then))}, ""); ${then} });`;
  for (const then of ["process.exit()", "setInterval(() => {}, 1000)"]) {
    const caller = stayingCaller([process.execPath, "-e", program(then)]);
    await caller(["a"], "GET", new AbortController().signal);
    await caller.close!();
    expect(readdirSync(folder)).toContain(then);
  }
});

it.each([
  { name: "that stays", makes: stayingCaller },
  { name: "for each trial", makes: commandCaller },
])("waits for no process that a killed command has started, $name", async ({ makes }) => {
  const file = join(tempDir(), "pid");
  const caller: Caller = makes([
    "sh",
    "-c",
    `sleep 600 & echo $! > ${file}.new; mv ${file}.new ${file}; wait`,
  ]);
  const killed = new AbortController();
  const called = caller(["a"], "GET", killed.signal);
  await until(() => existsSync(file), "the process");
  killed.abort();
  expect((await called).end).toBe("killed");
  await caller.close?.();
  // It has held the pipe open until now: this throws if there is none.
  process.kill(Number(readFileSync(file, "utf8")));
});

it("tells a command that cannot be run any more, and holds no rule", async () => {
  const folder = tempDir();
  const [script, client] = [join(folder, "client.sh"), join(folder, "client.mjs")];
  writeFileSync(client, forOneTrial!);
  // The probe makes two calls. With the second one it takes itself away.
  const last = `[ -e "${folder}/called" ] && rm "$0"; touch "${folder}/called"`;
  writeFileSync(script, `#!/bin/sh\n${last}\nexec "${process.execPath}" "${client}" "$@"\n`, { mode: 0o755 });
  const options = ["--client", "--only", "rfc9112/4/client-reason", "--timeout", "20000"];
  const { code, out, err } = await run(...options, "--", script, "{url}");
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("The command cannot be run: ");
});

it("tells a command that does not keep the contract", async () => {
  expect(await run("--client", "--", "/nonexistent")).toMatchObject({
    code: 2,
    err: expect.stringContaining("The command cannot be run: "),
  });
  expect((await run("--client", "--timeout", "500", "--", "true")).err).toContain(
    "It connects to no URL that it is given: no response; it ended well",
  );
  expect((await run("--client", "--replay", "x")).err).toContain(
    "--replay sends the bytes of a case to a server",
  );
  expect((await run("--listen", "1", "http://127.0.0.1/")).err).toContain("--listen PORT is for --client");
  expect((await run("--stay", "http://127.0.0.1/")).err).toContain("--stay is for --client");
  expect((await run("--client", "--stay")).err).toContain("--client --stay -- COMMAND");
});
