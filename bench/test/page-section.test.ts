import { describe, expect, it } from "vitest";
import { keepingMicroSection, microSection, withMicroSection } from "../src/page-section.ts";

describe("the section of another program in a page", () => {
  const page = "# Page\n\ntext\n";

  it("is put at the end, then in its place, whatever it contains", () => {
    const first = withMicroSection(page, "one\n");
    expect(first).toMatch(/^# Page\n\ntext\n\n<!-- begin: [^\n]*-->\n\none\n\n<!-- end: [^\n]*-->\n$/);
    const second = withMicroSection(first, "$& two");
    expect(second).toBe(first.replace("one", () => "$& two"));
    expect(withMicroSection(`${first}\nbehind\n`, "three")).toMatch(/three.*behind\n$/s);
  });

  it("stands alone in a page that is new", () => {
    expect(withMicroSection("", "one")).toMatch(/^<!-- begin/);
  });

  it("survives when the page is written anew", () => {
    const old = withMicroSection(page, "one");
    const written = keepingMicroSection("# New\n", old);
    expect(written).toBe(`# New\n\n${microSection(old)}\n`);
    expect(keepingMicroSection("# New\n", page)).toBe("# New\n");
    expect(microSection(page)).toBe("");
  });
});
