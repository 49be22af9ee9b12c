import { defaultCompression } from "@mantou/serve/hosting";
import { expect, it, vi } from "vitest";
import { BuiltFile } from "../../src/built/built-file.ts";

it("is compressed anew after a compression that failed, and then kept", async () => {
  const compress = vi.spyOn(defaultCompression(), "compressKept");
  try {
    compress.mockRejectedValueOnce(new Error("out of memory"));
    const file = new BuiltFile(Buffer.alloc(10_000, "ab"), "text/css", true);
    const request = new Request("http://a/", { headers: { "accept-encoding": "gzip" } });
    await expect(file.respond(request)).rejects.toThrow("out of memory");
    for (let i = 0; i < 2; i++) {
      expect((await file.respond(request)).headers.get("content-encoding")).toBe("gzip");
    }
    expect(compress).toHaveBeenCalledTimes(2);
  } finally {
    compress.mockRestore();
  }
});
