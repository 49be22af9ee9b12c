import "../../src/register.ts";
// Their hooks are for all suites, so they must not be first imported by one of them.
import "../support/raw-client.ts";
import "../support/servers.ts";
import { describe, expect, it } from "vitest";
import { Response } from "../../src/fetch/response.ts";

// What handlers get and make is light now; nothing else may be different.
describe("with light Requests and Responses as globals", () => {
  it("they are the globals", () => {
    expect(globalThis.Response).toBe(Response);
  });

  describe("connections", async () => {
    await import("../http/connection.test.ts");
  });
  describe("handlers", async () => {
    await import("../routing/dispatcher.test.ts");
  });
  describe("routes", async () => {
    await import("../routing/routes.test.ts");
  });
  describe("signals", async () => {
    await import("../http/request-context.test.ts");
  });
  describe("streams", async () => {
    await import("../http/send-stream.test.ts");
  });
  describe("rejections", async () => {
    await import("./rejections.test.ts");
  });
  describe("robustness", async () => {
    await import("./robustness.test.ts");
  });
});
