import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { describe, expect, it } from "vitest";
import type { ServeOptions } from "../../src/api/server.ts";
import { errorPage, plainError } from "../../src/errors/error-page.ts";
import { resolveOptions } from "../../src/options/serve-options.ts";
import { start } from "../support/servers.ts";

const errors = captureErrors();
/** A line of vitest.config.ts; of this file's lines only those around the test are shown. */
const IN_CONFIG = "vitest.shared";
const HTML = ["Accept: text/html,application/xhtml+xml,*/*;q=0.8"];

/** A server with a handler that throws. */
function throwing(thrown: unknown, options: Partial<ServeOptions> = {}) {
  return start({
    development: true,
    ...options,
    routes: {
      "/*": () => {
        throw thrown;
      },
    },
  } as ServeOptions);
}

describe("in development", () => {
  it("a browser gets a page, with status and type as in Bun", async () => {
    const server = throwing(new TypeError("<b>message</b>"));
    const { status, headers, text } = await ask(server, "GET /a?b=<c>", HTML);
    expect([status, headers["content-type"]]).toEqual([500, "text/html;charset=utf-8"]);
    expect(headers["content-security-policy"]).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).toContain("TypeError: &lt;b&gt;message&lt;/b&gt;");
    expect(text).toContain("GET /a?b=&lt;c&gt;");
    expect(text).toContain("throwing(new TypeError(&quot;&lt;b&gt;message&lt;/b&gt;&quot;))");
    errors.take();
  });

  it.each([
    ["no Accept", []],
    ["anything", ["Accept: */*"]],
    ["JSON", ["Accept: application/json"]],
    ["anything but HTML", ["Accept: text/html;q=0, */*"]],
  ])("a client that accepts %s gets text", async (_, fields) => {
    const { status, headers, text } = await ask(throwing(new TypeError("<b>message</b>")), "GET /", fields);
    expect([status, headers["content-type"]]).toEqual([500, "text/plain;charset=utf-8"]);
    expect(text).toMatch(/^TypeError: <b>message<\/b>\n {4}at /);
    expect(text).toContain("error-page.test.ts");
    errors.take();
  });

  it.each([
    "Accept: TEXT/HTML",
    "Accept: text/plain, text/html;q=0.1",
    "Accept: text/html;q=0.001",
  ])("%s is a browser's", async (field) => {
    expect((await ask(throwing("x"), "GET /", [field])).headers["content-type"]).toContain("html");
    errors.take();
  });

  it.each([
    undefined,
    null,
    5,
    "text",
    Symbol("s"),
    {},
    Object.create(null),
  ])("%s can be thrown too", async (thrown) => {
    const { status, text } = await ask(throwing(thrown), "GET /", HTML);
    expect([status, text.includes("<span>Thrown</span>")]).toEqual([500, true]);
    errors.take();
  });

  it("a visitor's text that looks like a frame does not show a file", async () => {
    const server = throwing(new Error(`no user\n    at visitor (${process.cwd()}/vitest.config.ts:1:1)\n`));
    const { text } = await ask(server, "GET /", HTML);
    expect(text).not.toContain(IN_CONFIG);
    errors.take();
  });

  const visitor = `no user\n    at visitor (${process.cwd()}/vitest.config.ts:1:1)\n    at run (${process.cwd()}/src/serve.ts:1:1)`;

  it.each<[string, () => unknown]>([
    [
      "the application has read the stack, and shortened the message",
      () => {
        const error = new Error(visitor);
        void error.stack;
        error.message = "no user";
        return error;
      },
    ],
    ["the stack is a visitor's text", () => Object.assign(new Error("x"), { stack: `Error: x\n${visitor}` })],
    [
      "the stack is a visitor's text, and so is the message",
      () => Object.assign(new Error(visitor), { stack: visitor }),
    ],
    ["the message is empty", () => Object.assign(new Error(""), { stack: visitor })],
    [
      "it is in a cause",
      () => new Error("outer", { cause: Object.assign(new Error("x"), { stack: visitor }) }),
    ],
    [
      "it is in one of several",
      () => new AggregateError([Object.assign(new Error("x"), { stack: visitor })], "all"),
    ],
    [
      "it is in the name",
      () => {
        const error = new Error("x");
        error.name = visitor;
        return error;
      },
    ],
    ["it is no error", () => ({ stack: visitor, message: "x" })],
    [
      "it is code of the visitor's choice of name",
      () => {
        try {
          // biome-ignore lint/security/noGlobalEval: what it says of itself is what is tested
          // biome-ignore lint/complexity/noCommaOperator: in the global scope
          return (0, eval)(`throw new Error("x")\n//# sourceURL=${process.cwd()}/vitest.config.ts`);
        } catch (error) {
          return error;
        }
      },
    ],
  ])("no file is shown that a visitor names: %s", async (_what, make) => {
    const { text } = await ask(throwing(make()), "GET /", HTML);
    expect(text).not.toContain(IN_CONFIG);
    errors.take();
  });

  it("source is shown also if the error handler has looked at the error", async () => {
    const failing = throwing(new TypeError("looked at"), { error: (error) => void error.stack });
    expect((await ask(failing, "GET /", HTML)).text).toContain(
      "throwing(new TypeError(&quot;looked at&quot;)",
    );
    errors.take();
  });

  it("what formats stacks goes on to do it", async () => {
    const before = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
    const error = new Error("x");
    await ask(throwing(error), "GET /", HTML);
    expect(Object.getOwnPropertyDescriptor(Error, "prepareStackTrace")).toEqual(before);
    expect(error.stack).toMatch(/^Error: x\n {4}at .*error-page\.test/);
    errors.take();
  });

  it("what the error handler throws or leaves out has a page as well", async () => {
    const failing = throwing(new Error("first"), {
      error() {
        throw new Error("second");
      },
    });
    expect((await ask(failing, "GET /", HTML)).text).toContain("<b>second</b>");
    const leaving = throwing(new Error("first"), { error: async () => undefined });
    expect((await ask(leaving, "GET /", HTML)).text).toContain("<b>first</b>");
    expect(errors.reports.splice(0).map(String)).toEqual(["Error: first", "Error: second", "Error: first"]);
  });

  it("HEAD has the head of it", async () => {
    const { status, headers } = await ask(throwing(new Error("x")), "HEAD /", HTML);
    expect([status, headers["content-type"]]).toEqual([500, "text/html;charset=utf-8"]);
    errors.take();
  });

  it("without a connection it is text", async () => {
    expect(await errorPage(new Error("here"), null).text()).toMatch(/^Error: here\n/);
  });
});

describe("in production", () => {
  it("nothing is shown, to any client", async () => {
    const server = throwing(new Error("secret"), { development: false });
    const { status, headers, text } = await ask(server, "GET /", HTML);
    expect([status, text]).toEqual([500, "Internal Server Error"]);
    expect(JSON.stringify(headers)).not.toContain("secret");
    expect(await plainError().text()).toBe("Internal Server Error");
    errors.take();
  });

  it.each([
    [undefined, true],
    ["", true],
    ["test", true],
    ["development", true],
    ["Production", true],
    ["production", false],
  ])("NODE_ENV=%s: development is %s, as in Bun, unless the option says otherwise", (env, development) => {
    const before = process.env["NODE_ENV"];
    try {
      if (env === undefined) delete process.env["NODE_ENV"];
      else process.env["NODE_ENV"] = env;
      const resolve = (option?: boolean) =>
        resolveOptions({
          fetch: () => new Response(),
          ...(option === undefined ? {} : { development: option }),
        } as never).development !== null;
      expect([resolve(), resolve(true), resolve(false)]).toEqual([development, true, false]);
    } finally {
      if (before === undefined) delete process.env["NODE_ENV"];
      else process.env["NODE_ENV"] = before;
    }
  });
});
