import { existsSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { contestants, lineUp, serverCommand } from "../src/contestants.ts";
import { findScenario, scenarios } from "../src/scenarios.ts";

const names = (scenario: string, only?: string[], base?: string): string[] => {
  return lineUp(findScenario(scenario), only, base).map((contestant) => contestant.name);
};

describe("lineUp", () => {
  it("has everyone who can take part, the base first and the others in their order", () => {
    const frameworks = ["deno", "fastify", "hono", "srvx"];
    const plain = ["mantou-plain", "mantou-plain-response"];
    const servers = ["bun", "mantou", ...plain, "node:http", ...frameworks];
    expect(names("hello")).toEqual([...servers, "net", "raw"]);
    expect(names("pipelined")).toEqual(names("hello"));
    expect(names("routed")).toEqual(["bun", "mantou", "mantou-plain", "node:http", "fastify", "hono"]);
    expect(names("routed-500")).toEqual(["bun", "mantou", "fastify", "hono"]);
    expect(names("connections")).toEqual(names("hello"));
    expect(names("hello-tls")).toEqual(["bun", "mantou", "node:http", "deno", "fastify", "raw-tls"]);
    expect(names("tls-handshakes")).toEqual(names("hello-tls"));
    // A limit does not know when to close.
    expect(names("upgrades")).not.toContain("raw");
    expect(names("ws-echo")).toEqual(["bun", "mantou", "deno", "ws", "ws-native", "crossws", "raw"]);
    expect(names("ws-echo-1m-binary")).toEqual(names("ws-echo"));
    expect(names("chat-16")).toEqual(["bun", "mantou", "deno", "ws", "ws-native", "crossws"]);
    expect(names("ws-deflate-200")).toEqual(["bun", "mantou", "ws", "ws-native"]);
    expect(names("chat-16-deflate")).toEqual(names("ws-deflate-200"));
  });

  it("starts with the base asked for, or with the first where that takes no part", () => {
    expect(names("chat-16-deflate", undefined, "ws")).toEqual(["ws", "mantou", "bun", "ws-native"]);
    expect(names("chat-16", ["ws", "mantou"])).toEqual(["mantou", "ws"]);
    expect(names("hello", undefined, "ws")[0]).toBe("mantou");
    expect(names("hello", ["ws"])).toEqual([]);
  });

  it("does not change the list itself", () => {
    const before = contestants.map((contestant) => contestant.name);
    names("hello", undefined, "raw");
    expect(contestants.map((contestant) => contestant.name)).toEqual(before);
  });
});

describe("serverCommand", () => {
  it("names a file that exists, for each contestant and app", () => {
    for (const contestant of contestants) {
      for (const app of Object.keys(contestant.apps) as (keyof typeof contestant.apps)[]) {
        const [binary, ...rest] = serverCommand(contestant, app, "/bin/runtime");
        expect(binary).toBe("/bin/runtime");
        expect(rest.at(-1)).toBe(app);
        const source = new URL(`../src/servers/${basename(rest.at(-2)!, ".js")}.ts`, import.meta.url);
        expect(existsSync(source), source.pathname).toBe(true);
      }
    }
  });

  it("refuses an app that the contestant cannot be", () => {
    const ws = contestants.find((contestant) => contestant.name === "ws")!;
    expect(() => serverCommand(ws, "hello", "node")).toThrow('ws has no server for "hello"');
  });
});

describe("the scenarios", () => {
  it("have names of their own, and each two servers to compare", () => {
    expect(new Set(scenarios.map((scenario) => scenario.name)).size).toBe(scenarios.length);
    for (const scenario of scenarios) {
      const servers = lineUp(scenario, undefined, undefined).filter(({ kind }) => kind === "server");
      expect(servers.length, scenario.name).toBeGreaterThan(1);
    }
  });

  it("send each message back to its sender, to everyone, or to all of a topic", () => {
    for (const scenario of scenarios) {
      if (scenario.kind !== "websocket") continue;
      expect(scenario.app === "topics" ? [10] : [1, scenario.connections]).toContain(scenario.fanOut);
      expect(scenario.talkers).toBeLessThanOrEqual(scenario.connections);
      // Those who listen only would not hold back those who talk.
      if (scenario.talkers < scenario.connections) expect(scenario.together, scenario.name).toBe(true);
      expect(scenario.deflate, scenario.name).toBe(scenario.app.endsWith("-deflate"));
    }
  });
});
