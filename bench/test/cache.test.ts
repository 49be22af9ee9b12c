import { describe, expect, it } from "vitest";
import { cache, folderName, nativeWs, packageFolder } from "../src/cache.ts";

describe("the cache", () => {
  it("has a folder for each set of versions", () => {
    expect(folderName({ left: "1.2.3" })).toBe("left-1.2.3");
    expect(folderName(nativeWs)).toBe(`ws-${nativeWs["ws"]}-bufferutil-${nativeWs["bufferutil"]}`);
  });

  it("says where a package is, the first unless another is named", () => {
    const packages = { left: "1.0.0", right: "2.0.0" };
    expect(packageFolder(packages)).toBe(`${cache}left-1.0.0-right-2.0.0/node_modules/left`);
    expect(packageFolder(packages, "right")).toBe(`${cache}left-1.0.0-right-2.0.0/node_modules/right`);
  });
});
