import { describe, expect, it } from "vitest";
import { resolveCompress } from "../../src/options/compress-options.ts";
import { serve } from "../../src/server/serve.ts";

describe("the option compress", () => {
  it.each([undefined, null, false])("is off: %j", (given) => {
    expect(resolveCompress(given)).toBe(null);
  });

  it("has defaults", () => {
    const defaults = { encodings: ["br", "zstd", "gzip"], threshold: 1024, types: null, levels: {} };
    expect(resolveCompress(true)).toEqual(defaults);
    expect(resolveCompress({})).toEqual(defaults);
    expect(resolveCompress({ level: undefined, types: undefined })).toEqual(defaults);
  });

  it("takes what is given", () => {
    expect(
      resolveCompress({ encodings: ["gzip", "br"], threshold: 0, types: ["Text/*", "a/b"], level: 9 }),
    ).toEqual({
      encodings: ["gzip", "br"],
      threshold: 0,
      types: ["text/*", "a/b"],
      levels: { gzip: 9, br: 9 },
    });
    expect(resolveCompress({ level: { br: 11, zstd: undefined, gzip: 1 } })?.levels).toEqual({
      br: 11,
      gzip: 1,
    });
  });

  it.each<[unknown, string, typeof TypeError | typeof RangeError]>([
    ["gzip", "compress must be", TypeError],
    [1, "compress must be", TypeError],
    [["gzip"], "compress must be", TypeError],
    [() => true, "compress must be", TypeError],
    [{ encoding: ["gzip"] }, '"encoding"', TypeError],
    [{ encodings: "gzip" }, "compress.encodings", TypeError],
    [{ encodings: [] }, "compress.encodings", TypeError],
    [{ encodings: ["deflate"] }, "compress.encodings", TypeError],
    [{ encodings: ["gzip", "gzip"] }, "compress.encodings", TypeError],
    [{ encodings: ["toString"] }, "compress.encodings", TypeError],
    [{ threshold: "1" }, "compress.threshold", TypeError],
    [{ threshold: -1 }, "compress.threshold", RangeError],
    [{ threshold: 1.5 }, "compress.threshold", RangeError],
    [{ threshold: Number.NaN }, "compress.threshold", RangeError],
    [{ types: "text/html" }, "compress.types", TypeError],
    [{ types: [] }, "compress.types", TypeError],
    [{ types: [/text/] }, "compress.types", TypeError],
    [{ types: ["text"] }, "compress.types", TypeError],
    [{ types: ["text/html;q=1"] }, "compress.types", TypeError],
    [{ types: ["*/html"] }, "compress.types", TypeError],
    [{ level: "6" }, "compress.level", TypeError],
    [{ level: 0 }, "compress.level", RangeError],
    [{ level: 10 }, "compress.level must be an integer from 1 to 9", RangeError],
    [{ level: 1.5 }, "compress.level", RangeError],
    [{ level: [6] }, "compress.level", TypeError],
    [{ level: { br: 12 } }, "compress.level.br must be an integer from 0 to 11", RangeError],
    [{ level: { zstd: "3" } }, "compress.level.zstd", TypeError],
    [{ level: { deflate: 3 } }, '"deflate"', TypeError],
  ])("refuses %j", (compress, message, ErrorClass) => {
    const start = () => serve({ port: 0, fetch: () => new Response(), compress: compress as never });
    expect(start).toThrow(ErrorClass);
    expect(start).toThrow(message);
  });
});
