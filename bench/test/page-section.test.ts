import { describe, expect, it } from "vitest";
import { keepingSections, sectionOf, withSection } from "../src/page-section.ts";

describe("the section of another program in a page", () => {
  const page = "# Page\n\ntext\n";

  it("is put at the end, then in its place, whatever it contains", () => {
    const first = withSection(page, "micro", "one\n");
    expect(first).toMatch(/^# Page\n\ntext\n\n<!-- begin: [^\n]*-->\n\none\n\n<!-- end: [^\n]*-->\n$/);
    const second = withSection(first, "micro", "$& two");
    expect(second).toBe(first.replace("one", () => "$& two"));
    expect(withSection(`${first}\nbehind\n`, "micro", "three")).toMatch(/three.*behind\n$/s);
  });

  it("stands alone in a page that is new", () => {
    expect(withSection("", "micro", "one")).toMatch(/^<!-- begin/);
  });

  it("survives when the page is written anew", () => {
    const old = withSection(page, "micro", "one");
    const written = keepingSections("# New\n", old);
    expect(written).toBe(`# New\n\n${sectionOf(old, "micro")}\n`);
    expect(keepingSections("# New\n", page)).toBe("# New\n");
    expect(sectionOf(page, "micro")).toBe("");
  });

  it("leaves those of other programs alone, and all of them survive", () => {
    const both = withSection(withSection(page, "micro", "one"), "idle", "two");
    const changed = withSection(both, "micro", "three");
    expect(changed).toBe(both.replace("one", "three"));
    const written = keepingSections("# New\n", changed);
    for (const writer of ["micro", "idle"] as const) {
      expect(sectionOf(written, writer)).toBe(sectionOf(changed, writer));
    }
    expect(keepingSections("# New\n", written)).toBe(written);
  });
});
