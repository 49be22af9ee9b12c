import { captureErrors } from "@mantou/testing/errors";
import { turns } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/socket/timeouts.ts";
import { runChild } from "../support/child.ts";
import { startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

const topics = { "room/*": { history: { size: 100, seconds: 60 } } };
const open = (ws: { subscribe(topic: string): boolean }): void => void ws.subscribe("room/1");

describe("topics with a history and no backplane", () => {
  it("are kept in the memory of the process, from the first turn on", async () => {
    const { server, connect } = startWebSockets({ open }, systemClock, { topics });
    // Before anything has been loaded.
    expect(server.publish("room/1", "1")).toBe(1);
    const second = server.topics.publish("room/1", "2");
    const listened: unknown[] = [];
    const off = server.topics.subscribe("room/1", ({ data }) => void listened.push(data));
    // Of this turn is nothing in it.
    const earlier = server.topics.history("room/1");
    expect(server.topics.state).toBe("none");
    expect((await second).split(".")[1]).toBe("2");
    expect(await earlier).toMatchObject({ messages: [], complete: true });
    expect(await server.topics.history("room/1", { last: 1 })).toEqual({
      messages: [{ data: "2", position: await second }],
      position: await second,
      complete: true,
    });
    expect(listened).toEqual(["1", "2"]);
    off();
    const [one, two] = [await connect(), await connect()];
    one.ws.publish("room/1", "3");
    server.publish("room/1", "4");
    expect(await one.client.texts(1)).toEqual(["4"]);
    expect(await two.client.texts(2)).toEqual(["3", "4"]);
    const { messages } = await server.topics.history("room/1", { after: await second });
    expect(messages.map(({ data }) => data)).toEqual(["3", "4"]);
    expect(await server.topics.count("room/1")).toEqual({ connections: 2, instances: 1, silent: 0 });
    expect(server.topics.metrics).toMatchObject({ state: "none", instances: 1, history: { topics: 1 } });
  });

  it("leave other topics alone, and tell no state of their own", async () => {
    const { server, connect } = startWebSockets({}, systemClock, { topics });
    const told: unknown[] = [];
    for (const event of ["up", "down", "gap"] as const)
      server.topics.on(event, (detail) => told.push(detail));
    const { ws, client } = await connect();
    ws.subscribe("plain");
    expect(server.publish("plain", "x")).toBe(1);
    expect(server.publish("none", "x")).toBe(0);
    expect(ws.publish("plain", "x")).toBe(0);
    expect(await client.texts(1)).toEqual(["x"]);
    await turns(20);
    expect(told).toEqual([]);
  });

  it("end with their server, which delivers what was published until then", async () => {
    const { server, connect } = startWebSockets({ open }, systemClock, { topics });
    const { client } = await connect();
    const stopped = server.stop();
    const last = server.topics.publish("room/1", "last");
    expect(await client.texts(1)).toEqual(["last"]);
    client.client.destroy();
    await stopped;
    expect((await last).split(".")[1]).toBe("1");
    await expect(server.topics.publish("room/1", "later")).rejects.toMatchObject({ code: "closed" });
    const early = startWebSockets({}, systemClock, { topics });
    const never = expect(early.server.topics.publish("room/1", "x")).rejects.toMatchObject({
      code: "closed",
    });
    await early.server.stop(true);
    await never;
  });

  it("load what they need, which a program without them does not", async () => {
    const hooks = `import { writeSync } from "node:fs";
      export async function resolve(specifier, context, next) {
        const found = await next(specifier, context);
        if (found.url.includes("/relay/index.js")) writeSync(1, "relay ");
        return found;
      }`;
    const dataURL = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
    const register = `import { register } from "node:module"; register(${JSON.stringify(dataURL(hooks))});`;
    const { stdout, stderr } = await runChild(
      `import { writeSync } from "node:fs";
      const options = { port: 0, fetch: () => new Response() };
      const plain = serve({ ...options, topics: { a: {} } });
      plain.publish("a", "x");
      await new Promise((resolve) => setTimeout(resolve, 50));
      writeSync(1, "plain ");
      const kept = serve({ ...options, topics: ${JSON.stringify(topics)} });
      await kept.topics.publish("room/1", "x");
      await Promise.all([plain.stop(), kept.stop()]);
      writeSync(1, "end");`,
      { NODE_OPTIONS: `--no-deprecation --import ${dataURL(register)}` },
    );
    expect(stderr).toBe("");
    expect(stdout).toBe("plain relay end");
  });
});
