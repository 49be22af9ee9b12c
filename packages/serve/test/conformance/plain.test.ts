import "../support/plain.ts";
// Their hooks are for all suites, so they must not be first imported by one of them.
import "@mantou/testing/raw-client";
import "../support/servers.ts";
import { describe, expect, it } from "vitest";
import { platform } from "../../src/fetch/platform.ts";

// What handlers get and make is the platform's now; nothing else may be different.
describe("with the platform's Requests and Responses", () => {
  it("the globals are left alone", () => {
    expect(globalThis.Response).toBe(platform.Response);
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
