import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { ClientConnection } from "@mantou/http1";
import { expect, it } from "vitest";
import { startClient } from "../src/run/check-client.ts";
import type { Call, Caller } from "../src/target/caller.ts";
import { callerWith } from "./support/caller.ts";

/** The rules that a client does not keep, and what it made of the replies. */
async function others(caller: Caller, only: readonly string[], runs = 12): Promise<string[]> {
  const found: string[] = [];
  let count = 0;
  const { verdicts } = await startClient(caller, { seed: 1, timeout: 1_000, runs, only });
  for await (const verdict of verdicts) {
    count++;
    if (verdict.kind === "broken") found.push(`${verdict.rule.id}: ${verdict.violation.got}`);
    else if (verdict.kind !== "held") found.push(`${verdict.rule.id}: ${verdict.reason}`);
  }
  expect(count).toBe(only.length);
  return found;
}

/** The strict client, but with requests that end its side: its socket is over with the end of the other one. */
const halfClosing: Caller = async (urls, method, signal): Promise<Call> => {
  const lines: string[] = [];
  for (const url of urls) {
    const { port, protocol } = new URL(url);
    if (protocol === "ws:") return callerWith()(urls, method, signal);
    const socket = connect({ port: Number(port), host: "127.0.0.1", signal });
    socket.on("error", () => {});
    const client = new ClientConnection({ text: () => {}, bytes: () => {} });
    client.request({ method, target: "/", fields: ["Host", "a"] }, null);
    let status = 0;
    const content: Buffer[] = [];
    let isWhole = false;
    const read = () => {
      for (let event = client.next(); event !== null; event = client.next()) {
        if (event.type === "response") status = event.status;
        if (event.type === "data") content.push(Buffer.from(event.bytes));
        isWhole ||= event.type === "end";
      }
    };
    socket.on("data", (bytes) => {
      client.receive(bytes);
      read();
    });
    socket.on("end", () => {
      if (isWhole) return;
      client.receiveEnd();
      read();
    });
    socket.end(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
    await new Promise((closed) => socket.on("close", closed));
    if (isWhole) lines.push(`${status} ${Buffer.concat(content).toString("hex")}`);
  }
  if (signal.aborted) return { end: "killed", lines };
  return { end: lines.length === urls.length ? "done" : "refused", lines };
};

it("a client that ends its side behind its request, and waits for the end of the other one, breaks no rule", async () => {
  const only = [
    "rfc9112/6.3/client-length",
    "rfc9112/7.1/client-chunked",
    "rfc9112/6.3/client-until-close",
    "rfc9110/15.2/client-interim",
  ];
  expect(await others(halfClosing, only)).toEqual([]);
});

it("a client whose Close frame has no code has not sent a code back", async () => {
  const caller = callerWith({
    outgoing: (frame) => (frame.opcode === 8 ? { ...frame, payload: new Uint8Array() } : frame),
    staysConnected: true,
  });
  expect(await others(caller, ["rfc6455/7.4.1/client-code-never-sent"])).toEqual([]);
});
