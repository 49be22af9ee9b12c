import { describe, expect, it } from "vitest";
import { commonJSPrelude, inFront, needsOf } from "../../../src/loader/syntax/module-names.ts";

const NAMES = (code: string): string => /^const\{(.*)\}=/.exec(needsOf(code).prelude)?.[1] ?? "";

describe("needsOf", () => {
  it("binds the names that are used and not declared", () => {
    expect(NAMES('require("a" + __dirname);')).toBe("require,__dirname");
    expect(NAMES("const require = createRequire(import.meta.url); __filename;")).toBe("__filename");
    expect(NAMES('import { require } from "a";')).toBe("");
    expect(NAMES("if (require.main === module) main();")).toBe("require,module");
    expect(needsOf("export const a = 1;")).toEqual({ prelude: "", inject: [] });
  });

  it("leaves names to a transformation that may be declared below", () => {
    expect(needsOf("export function run(require) { require(1); }").inject).toEqual(["require"]);
    expect(needsOf('{ const __dirname = "inner"; } console.log(__dirname);').inject).toEqual(["__dirname"]);
  });

  it("completes import.meta alone", () => {
    const { prelude, inject } = needsOf("console.log(import . meta.dir);");
    expect(prelude).toMatch(/\.bind\(import\.meta\);$/);
    expect(inject).toEqual([]);
  });
});

describe("statements in front of code", () => {
  it("are found behind any number of comments", () => {
    const comments = "/* a */ // b\n/* c */\n".repeat(2000);
    expect(inFront("a();", `${comments}b();`)).toBe(`a();${comments}b();`);
    expect(inFront("a();", `${comments}"use strict";`)).toBe(`"use strict";a();${comments}"use strict";`);
  });

  it("stay behind what has to be first", () => {
    expect(inFront("a();", "b();")).toBe("a();b();");
    expect(inFront("a();", "#!/usr/bin/env bun\nb();")).toBe("a();//#!/usr/bin/env bun\nb();");
    expect(inFront("a();", '// x\n/* y */ "use strict"; b();')).toBe(
      '"use strict";a();// x\n/* y */ "use strict"; b();',
    );
    expect(inFront("", '"use strict";')).toBe('"use strict";');
  });

  it("of CommonJS are those that it needs", () => {
    expect(commonJSPrelude("exports.a = 1;")).toBe("");
    expect(commonJSPrelude("require.main === module")).toMatch(/^require\.main=.*main\(module\);$/);
  });
});
