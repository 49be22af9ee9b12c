import { expect, it } from "vitest";
import { compressibleTypes } from "../../src/compress/compressible.ts";

it.each([
  ["text/html;charset=utf-8", true],
  ["TEXT/Event-Stream", true],
  ["application/json", true],
  ["application/problem+json ; x=y", true],
  ["image/svg+xml", true],
  ["application/javascript", true],
  ["application/wasm", true],
  ["font/ttf", true],
  ["image/png", false],
  ["font/woff2", false],
  ["application/zip", false],
  ["application/octet-stream", false],
  ["multipart/form-data", false],
  ["", false],
  [null, false],
])("by default %j: %j", (type, compressible) => {
  expect(compressibleTypes(null)(type)).toBe(compressible);
});

it.each([
  [["application/x-own"], "Application/X-Own; v=1", true],
  [["application/x-own"], "text/html", false],
  [["text/*"], "text/html", true],
  [["text/*"], "textile/html", false],
  [["*/*"], "image/png", true],
  [["*/*"], null, false],
  [["*/*"], "", false],
])("with the types %j %j: %j", (types, type, compressible) => {
  expect(compressibleTypes(types)(type)).toBe(compressible);
});
