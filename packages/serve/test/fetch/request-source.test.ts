import { expect, it } from "vitest";
import { normalizeMethod } from "../../src/fetch/request-source.ts";

it("is the platform's normalization", () => {
  const methods = [
    "GET",
    "POST",
    "get",
    "Post",
    "dElEtE",
    "head",
    "options",
    "put",
    "patch",
    "PATCH",
    "purge",
    "x-y",
  ];
  for (const method of methods) {
    expect(normalizeMethod(method)).toBe(new Request("http://a/", { method }).method);
  }
});
