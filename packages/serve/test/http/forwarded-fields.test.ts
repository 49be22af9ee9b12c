import { describe, expect, it } from "vitest";
import { forwardedFields } from "../../src/http/forwarded-fields.ts";

// That what is sent can be read is tested with Node.js's own fetch in proxy.test.ts.

describe("forwardedFields", () => {
  const encoded = ["content-encoding", "gzip", "content-length", "20", "x", "1"];

  it("leaves out the encoding of a decoded body", () => {
    expect(forwardedFields(encoded)).toEqual(["x", "1"]);
    expect(forwardedFields(["content-encoding", "X-GZIP ,, br", "content-length", "1"])).toEqual([]);
    expect(forwardedFields(["content-encoding", "gzip", "content-encoding", "deflate"])).toEqual([]);
  });

  it("leaves out the digests of the encoded bytes, and keeps those of a body that was not encoded", () => {
    const digests = ["content-digest", "repr-digest", "digest", "content-md5"].flatMap((name) => [name, "x"]);
    expect(forwardedFields([...encoded, ...digests])).toEqual(["x", "1"]);
    for (const fields of [digests, ["content-encoding", "unknown", ...digests]])
      expect(forwardedFields(fields)).toEqual(fields);
  });

  it("keeps it where nothing was decoded", () => {
    for (const coding of ["identity", "compress", "gzip, identity", "", "gzip;q=1"]) {
      const fields = ["content-encoding", coding, "content-length", "20"];
      expect(forwardedFields(fields), coding).toEqual(fields);
    }
    expect(forwardedFields(["content-length", "20"])).toEqual(["content-length", "20"]);
  });

  it("leaves out what speaks of the other connection (RFC 9110 §7.6.1)", () => {
    const hopByHop = [
      "connection",
      "keep-alive",
      "proxy-connection",
      "te",
      "trailer",
      "transfer-encoding",
      "upgrade",
    ];
    expect(forwardedFields(hopByHop.flatMap((name) => [name, "a"]))).toEqual([]);
    expect(forwardedFields(["x-hop", "1", "connection", "close, X-Hop ", "x-end", "2"])).toEqual([
      "x-end",
      "2",
    ]);
  });

  it("takes no value for a name", () => {
    expect(forwardedFields(["a", "connection", "b", "content-encoding"])).toEqual([
      "a",
      "connection",
      "b",
      "content-encoding",
    ]);
  });
});
