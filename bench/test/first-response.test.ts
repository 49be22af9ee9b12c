import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkFirstResponse } from "../src/first-response.ts";
import type { HttpScenario } from "../src/scenario.ts";
import { findScenario } from "../src/scenarios.ts";

/** Responds with the body that it received, or with its path. */
let server: Server;
let port = 0;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const content = await buffer(request);
    response.statusCode = request.url === "/404" ? 404 : 200;
    response.end(content.length > 0 ? content : request.url);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const check = (name: string, change: Partial<HttpScenario>): Promise<void> => {
  return checkFirstResponse({ ...(findScenario(name) as HttpScenario), ...change }, port);
};

describe("checkFirstResponse", () => {
  it("accepts the right text, content that comes back, and a right length", async () => {
    await check("hello", { path: "/a", body: "/a" });
    await check("json", {});
    await check("hello", { path: "/a", body: 2 });
  });

  it("refuses another text, length or status, and says what came", async () => {
    await expect(check("hello", { path: "/a" })).rejects.toThrow(
      'responded "200 /a" of 2 bytes, not "200 Bun!"',
    );
    await expect(check("hello", { path: "/a", body: 3 })).rejects.toThrow("not 200 and 3 bytes");
    await expect(check("hello", { path: "/404", body: "/404" })).rejects.toThrow('responded "404 /404"');
  });

  it("says when there is no server", async () => {
    await expect(checkFirstResponse(findScenario("hello") as HttpScenario, 1)).rejects.toThrow(
      "ECONNREFUSED",
    );
  });
});
