import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ErrorReport, ReportedFrame } from "../../src/errors/error-report.ts";
import { ERROR_STYLE, errorHTML, escapeHTML } from "../../src/errors/html.ts";

const NOTHING = { properties: [], frames: [], cause: null, errors: [] };
const frame = (more: Partial<ReportedFrame>): ReportedFrame => ({
  owner: "application",
  name: "run",
  file: "/a.ts",
  line: 2,
  column: 1,
  readable: true,
  source: [
    { number: 1, text: "one" },
    { number: 2, text: "two" },
  ],
  ...more,
});

/** The elements and their attributes: what is left of markup when texts are taken away. */
function markup(html: string): string[] {
  return html.match(/<[^>]*>/g) ?? [];
}

describe("the page", () => {
  it("marks the line, opens the first two sources, and folds what is not the application's", () => {
    const frames = [
      frame({}),
      frame({ owner: "runtime", source: [] }),
      frame({ owner: "package", source: [] }),
      frame({}),
      frame({}),
      frame({ source: [] }),
      frame({ owner: "runtime", source: [] }),
    ];
    const html = errorHTML({ ...NOTHING, name: "Error", message: "m", frames }, "GET /");
    expect(html.match(/<details open>/g)?.length).toBe(2);
    expect(html).toContain("2 frames in packages and Node.js");
    expect(html).toContain("1 frame in Node.js");
    expect(html).toContain(
      '<span class="line it"><i>2</i>two\n</span><span class="line caret"><i></i>^\n</span>',
    );
  });

  it("shows causes and errors inside of what they belong to", () => {
    const inner: ErrorReport = { ...NOTHING, name: "RangeError", message: "inner" };
    const html = errorHTML(
      { ...NOTHING, name: "E", message: "", errors: [inner, inner], cause: inner },
      "GET /",
    );
    for (const label of ["Error 1 of 2", "Error 2 of 2", "Caused by"]) expect(html).toContain(`>${label}<`);
    expect(html.match(/<h1>/g)?.length).toBe(1);
    expect(html.match(/<section>/g)?.length).toBe(html.match(/<\/section>/g)?.length);
  });

  it("needs nothing from elsewhere, and runs nothing", () => {
    const html = errorHTML({ ...NOTHING, name: "E", message: "m", frames: [frame({})] }, "GET /");
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:|src=|href=|\son[a-z]+=/i);
    expect(ERROR_STYLE).toContain("prefers-color-scheme: dark");
    expect(html).toContain("width=device-width");
  });

  it("has no markup but its own, whatever the texts are", () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</style>",
        "</title>",
        "<!--",
        "&lt;",
        "']]>",
      ),
    );
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 8, maxLength: 8 }), (texts) => {
        const make = ([name, message, key, value, caller, file, source, asked]: string[]): string => {
          const frames = [
            frame({ name: caller!, file: file!, source: [{ number: 2, text: source! }] }),
            frame({ owner: "package", name: caller!, file: file!, source: [] }),
            frame({ owner: "runtime", file: file!, line: 0, source: [] }),
          ];
          const inner: ErrorReport = {
            ...NOTHING,
            name: name!,
            message: message!,
            frames,
            properties: [[key!, value!]],
          };
          return errorHTML({ ...inner, cause: inner, errors: [inner] }, asked!);
        };
        const html = make(texts);
        expect(markup(html)).toEqual(markup(make(texts.map((text) => (text === "" ? "" : "x")))));
        for (const text of texts.slice(0, 5)) expect(html).toContain(escapeHTML(text));
      }),
    );
  });
});
