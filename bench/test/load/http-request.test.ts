import { describe, expect, it } from "vitest";
import { contentFields, contentOf, requestBytes } from "../../src/load/http-request.ts";
import type { HttpScenario } from "../../src/scenario.ts";
import { findScenario } from "../../src/scenarios.ts";

const bytes = (name: string): string => {
  return requestBytes(findScenario(name) as HttpScenario, 80).toString("latin1");
};

describe("requestBytes", () => {
  it("is no more than a Host where nothing else is wanted", () => {
    expect(bytes("hello")).toBe("GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n");
  });

  it("carries the scenario's fields, as many bytes as a browser sends", () => {
    const request = bytes("hello-browser");
    expect(request).toMatch(/\r\nUser-Agent: Mozilla\/5\.0 .*\r\n/);
    expect(request.length).toBeGreaterThan(650);
    expect(request.length).toBeLessThan(800);
  });

  it("carries content of the length it states", () => {
    for (const name of ["json", "upload-1m"]) {
      const [head, ...rest] = bytes(name).split("\r\n\r\n");
      const length = /^content-length: (\d+)$/im.exec(head!)?.[1];
      expect(rest.join("\r\n\r\n").length, name).toBe(Number(length));
    }
  });

  it("asks for the end of the connection where it is the only request on it", () => {
    expect(bytes("connections")).toContain("\r\nConnection: close\r\n");
    expect(bytes("hello")).not.toContain("Connection");
  });
});

describe("content", () => {
  it("is described by its kind and length, or not at all", () => {
    expect(contentFields({ kind: "json", bytes: 100 })).toEqual({
      "Content-Type": "application/json",
      "Content-Length": "100",
    });
    expect(contentOf({ kind: "json", bytes: 100 })).toHaveLength(100);
    expect(contentFields(undefined)).toEqual({});
    expect(contentOf(undefined)).toHaveLength(0);
  });
});
