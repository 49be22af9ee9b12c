import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { describe, expect, it } from "vitest";
import {
  beginRun,
  escapeHTML,
  logError,
  OPTION_NAMES,
  runningCount,
  stopRunning,
  TLS_OPTION_NAMES,
} from "../src/hosting.ts";
import { start } from "./support/servers.ts";

const { take } = captureErrors();
const text = (body: string) => ({ fetch: () => new Response(body) });

describe("@mantou/serve/hosting", () => {
  it("counts the servers that have not been told to stop", async () => {
    const before = runningCount();
    const servers = [start(text("a")), start(text("b"))];
    expect(runningCount()).toBe(before + 2);
    const stopped = servers[0]!.stop();
    expect(runningCount()).toBe(before + 1);
    await stopped;
  });

  it("stops all of them: requests under way get their responses, and WebSockets are closed with 1001", async () => {
    let respond: (response: Response) => void = () => {};
    const asked = new Promise<void>((resolve) => {
      start({
        unix: `\0mantou-hosting-${process.pid}`,
        fetch: () => {
          resolve();
          return new Promise<Response>((settle) => {
            respond = settle;
          });
        },
      });
    });
    const other = start({
      fetch: (request, server) => void server.upgrade(request),
      websocket: { message() {} },
    });
    const client = await RawWebSocket.open(other);
    const response = ask({ path: `\0mantou-hosting-${process.pid}` }, "GET /");
    await asked;
    const stopped = stopRunning();
    expect(runningCount()).toBe(0);
    expect(await client.closing()).toEqual({ code: 1001, reason: "Server closed" });
    client.close(1001);
    respond(new Response("late"));
    expect((await response).text).toBe("late");
    await stopped;
    await stopRunning();
  });

  it("gives a program that runs again the servers that it has, by their id or address, and to each call its own", async () => {
    const options = { port: 0, hostname: "127.0.0.1" };
    const unknown = start({ ...options, ...text("before any run") });
    beginRun();
    const named = start({ ...options, id: "named", ...text("named 1") });
    const [first, second] = [
      start({ ...options, ...text("first 1") }),
      start({ ...options, ...text("second 1") }),
    ];
    const own = start({ ...options, id: null, ...text("own 1") });
    expect(new Set([unknown, named, first, second, own]).size).toBe(5);
    await second.stop();

    beginRun();
    expect(start({ ...options, ...text("first 2") })).toBe(first);
    expect((await ask(first, "GET /")).text).toBe("first 2");
    const third = start({ ...options, ...text("third") });
    expect([unknown, named, first, second, own]).not.toContain(third);
    expect(start({ ...options, hostname: "127.0.0.2", id: "named", ...text("named 2") })).toBe(named);
    expect((await ask(named, "GET /")).text).toBe("named 2");
    expect(start({ ...options, id: null, ...text("own 2") })).not.toBe(own);
    expect((await ask(own, "GET /")).text).toBe("own 1");
  });

  it("has what a host shares with the server: the names of options, the log, and text for HTML", () => {
    expect([OPTION_NAMES.has("port"), OPTION_NAMES.has("other")]).toEqual([true, false]);
    expect(TLS_OPTION_NAMES).toContain("requestCert");
    expect(escapeHTML("<a href='x'>&\"")).toBe("&lt;a href=&#x27;x&#x27;&gt;&amp;&quot;");
    logError("logged");
    expect(take()).toBe("logged");
  });
});
