import { Buffer } from "node:buffer";
import type { Frame } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import { expect, it } from "vitest";
import { sentBytes } from "../src/exchange/exchange.ts";
import type { ClientFacts } from "../src/rules/client/facts.ts";
import { clientRules } from "../src/rules/client/index.ts";
import type { WebSocketFacts } from "../src/rules/websocket/facts.ts";
import { CLOSE, frame, KEY, PONG } from "../src/rules/websocket/frames.ts";
import { websocketRules } from "../src/rules/websocket/index.ts";
import { check } from "../src/run/check.ts";
import { startWebSocketServer, type WebSocketFault } from "./support/websocket-server.ts";

/** The rules that the strict echo does not keep, with something of its own, and what came. */
async function others(own: WebSocketFault, only: readonly string[]): Promise<string[]> {
  const server = await startWebSocketServer(own);
  const found: string[] = [];
  let count = 0;
  for await (const verdict of check(server.url, { seed: 1, timeout: 300, only })) {
    count++;
    if (verdict.kind === "broken") found.push(`${verdict.rule.id}: ${verdict.violation.got}`);
    else if (verdict.kind !== "held") found.push(`${verdict.rule.id}: ${verdict.reason}`);
  }
  await server.close();
  expect(count).toBe(only.length);
  return found;
}

it("a server that does not decode the key breaks no rule that is not debatable", async () => {
  const isBase64 = /^(Sec-WebSocket-Key: )(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=)\r$/m;
  const request = (text: string) => text.replace(isBase64, `$1${KEY}\r`);
  expect(await others({ request }, ["rfc6455/4.2.1/key"])).toEqual([]);
  const length = ["rfc6455/4.2.1/key-length"];
  expect(await others({ request }, length)).toEqual([
    expect.stringMatching(/^rfc6455\/4\.2\.1\/key-length: nothing; /),
  ]);
});

it("a server that sends no Close frame behind a frame that is not masked breaks no rule", async () => {
  const failed = new WeakSet<object>();
  const own: WebSocketFault = {
    incoming: (one, state) => {
      if (one.maskKey === null) failed.add(state);
      return one;
    },
    outgoing: (frames, state) => frames.filter(({ opcode }) => opcode !== CLOSE || !failed.has(state)),
  };
  const only = ["rfc6455/7.1.7/code-1002", "rfc6455/5.1/unmasked", "rfc6455/7.1.7/tcp-closed"];
  expect(await others(own, only)).toEqual([]);
});

it("a list in two lines is one list", async () => {
  const response = (text: string) =>
    text
      .replace("Connection: Upgrade\r\n", "Connection: keep-alive\r\n$&")
      .replace("Sec-WebSocket-Version: 13\r\n", "Sec-WebSocket-Version: 8, 7\r\n$&");
  expect(await others({ response }, ["rfc6455/4.2.2/accept", "rfc6455/4.2.2/version"])).toEqual([]);
});

it("no trial has the name of a parameter in other letters, which a peer may take for the parameter", () => {
  const site = { host: "h", tls: false, path: "/", method: "GET", echo: null };
  const offer = websocketRules.find(({ id }) => id === "rfc7692/7.1/offer-invalid")!;
  const response = clientRules.find(({ id }) => id === "rfc7692/7.1/client-parameters")!;
  const ofServer = fc.sample(offer.arbitrary(site, {} as WebSocketFacts), { numRuns: 2000, seed: 1 });
  const ofClient = fc.sample(response.arbitrary(site, {} as ClientFacts), { numRuns: 2000, seed: 1 });
  for (const trials of [ofServer, ofClient]) {
    const sent = trials.map(({ exchanges }) => Buffer.from(sentBytes(exchanges[0]!)).toString("latin1"));
    expect(sent.filter((text) => /max_window_bits=08/.test(text)).length).toBeGreaterThan(0);
    expect(
      sent.filter((text) => /server_no_context_takeover/i.test(text.replaceAll("server_no", ""))),
    ).toEqual([]);
  }
});

it("a server whose heartbeats are pongs breaks no rule of pongs", async () => {
  const heartbeat = frame({ opcode: PONG, maskKey: null });
  const outgoing = (frames: readonly Frame[]) =>
    frames.length === 0 ? [] : [heartbeat, ...frames, heartbeat];
  const only = [
    "rfc6455/5.5.3/unsolicited-pong",
    "rfc6455/5.5.2/pong",
    "rfc6455/5.5.2/pongs-in-order",
    "rfc6455/5.5.2/pong-inside-message",
  ];
  expect(await others({ outgoing }, only)).toEqual([]);
});
