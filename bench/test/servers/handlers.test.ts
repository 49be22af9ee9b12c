import { describe, expect, it } from "vitest";
import { contentFields, contentOf } from "../../src/load/http-request.ts";
import { scenarios } from "../../src/scenarios.ts";
import { apiRoutes, type HandlerApp, handlers } from "../../src/servers/handlers.ts";

describe("handlers", () => {
  for (const scenario of scenarios) {
    if (scenario.kind !== "http" || !(scenario.app in handlers)) continue;
    it(`are those that ${scenario.name} expects`, async () => {
      const { method, content } = scenario;
      const init = content === undefined ? {} : { body: contentOf(content), headers: contentFields(content) };
      const response = await handlers[scenario.app as HandlerApp](
        new Request("http://127.0.0.1/", { method, ...init }),
      );
      expect((await response.text()) === scenario.body).toBe(true);
    });
  }
});

describe("apiRoutes", () => {
  it("are 500 different ones, with that which is asked for", () => {
    expect(new Set(apiRoutes).size).toBe(500);
    expect(apiRoutes).toContain("/api/250/items/:id");
  });
});
