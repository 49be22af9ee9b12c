import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { errorPage, plainError } from "../src/error-page.ts";

function unprintable(): object {
  return {
    [inspect.custom](): string {
      throw new Error("not to be inspected");
    },
  };
}

describe("the developer's page", () => {
  it("shows message and stack as text, never as markup", async () => {
    const error = new TypeError(`<script>alert("1")</script> & 'more'`);
    const response = errorPage(error);
    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toBe("text/html;charset=UTF-8");
    const html = await response.text();
    expect(html).not.toContain("<script>");
    expect(html).toContain(
      "TypeError: &#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; &#39;more&#39;",
    );
    expect(html).toContain("error-page.test.ts");
  });

  it.each([
    undefined,
    null,
    5,
    "text",
    Symbol("symbol"),
    {},
    Object.create(null),
    [],
  ])("shows what else was thrown: %s", async (thrown) => {
    const response = errorPage(thrown);
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("Thrown: ");
  });

  it("bears errors that have no stack, or nonsense for one", async () => {
    const bare = new Error("bare");
    delete bare.stack;
    expect(await errorPage(bare).text()).toContain("Error: bare");
    const odd = Object.assign(new Error("odd"), { stack: 5, name: Symbol("odd") });
    expect(errorPage(odd).status).toBe(500);
    expect(await errorPage(unprintable()).text()).toContain("something that cannot be printed");
  });
});

describe("the plain answer", () => {
  it("tells nothing", async () => {
    const response = plainError();
    expect(response.status).toBe(500);
    expect(await response.text()).toBe("Internal Server Error");
  });
});
