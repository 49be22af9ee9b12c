import { cpuTimer } from "@mantou/testing/cpu-time";
import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { describe, expect, it, vi } from "vitest";
import { adviceFor, adviceForBody } from "../../src/errors/platform-advice.ts";
import { Response as LightResponse } from "../../src/plain.ts";
import { startInternal } from "../support/servers.ts";

const errors = captureErrors();

/** The warnings during one request. */
async function warnings(
  options: Parameters<typeof startInternal>[0],
): Promise<{ status: number; said: unknown[] }> {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { status } = await ask(startInternal(options), "GET /");
  const said = warn.mock.calls.flat();
  warn.mockRestore();
  return { status, said };
}

describe("a redirect to a relative address", () => {
  it("works with our Response", async () => {
    const response = await ask(
      startInternal({ fetch: () => LightResponse.redirect("/", 303) as globalThis.Response }),
      "GET /",
    );
    expect(response).toMatchObject({ status: 303, headers: { location: "/" } });
  });

  it("may have any length, and be a visitor's text", () => {
    let error: unknown;
    try {
      Response.redirect(`/${"\n".repeat(60_000)}x`, 303);
    } catch (thrown) {
      error = thrown;
    }
    const spent = cpuTimer();
    expect(adviceFor(error)).toContain("redirect");
    // By a pattern that began with `\s+` it took 5 s and more.
    expect(spent()).toBeLessThan(1000);
  });

  it("is an error of the platform's, of which the log says what to do, also where there is an error handler", async () => {
    for (const fetch of [() => Response.redirect("/", 303), async () => Response.redirect("/", 303)]) {
      const { status, said } = await warnings({ fetch });
      expect(status).toBe(500);
      expect(errors.take()).toBeInstanceOf(TypeError);
      expect(said).toEqual([expect.stringMatching(/redirect.*"@mantou\/serve\/plain".*"@mantou\/serve"/)]);
      const handled = await warnings({ fetch, error: () => new Response("x", { status: 503 }) });
      expect(handled).toEqual({ status: 503, said: [expect.stringContaining("redirect")] });
    }
  });

  it("is told from other errors", () => {
    const trap = new Proxy(new TypeError("x"), {
      get() {
        throw new Error("no");
      },
    });
    for (const error of [new TypeError("x"), null, "x", trap, invalidURL()])
      expect(adviceFor(error)).toBeNull();
  });
});

function invalidURL(): unknown {
  try {
    return new URL("/");
  } catch (error) {
    return error;
  }
}

describe("an async generator function in the platform's Response", () => {
  const body = async function* () {
    yield "text";
  } as unknown as string;
  const method = { async *items() {} }.items as unknown as string;

  it("is told of in development", async () => {
    for (const given of [body, method]) {
      const { said } = await warnings({ fetch: () => new Response(given), development: true });
      expect(said).toEqual([expect.stringContaining("async generator")]);
    }
  });

  it("is not looked for in production, in our Response, nor taken for what it is not", async () => {
    expect((await warnings({ fetch: () => new Response(body), development: false })).said).toEqual([]);
    for (const response of [
      () => new LightResponse(body) as globalThis.Response,
      () => new Response("async function f() {}"),
      () => new Response("asynchronous * (x)"),
    ]) {
      expect((await warnings({ fetch: response, development: true })).said).toEqual([]);
    }
    expect(adviceForBody(Buffer.from("async *x() {}"))).toContain("source text");
    expect(adviceForBody(Buffer.from("async* (x)"))).toContain("source text");
    expect(adviceForBody(new Uint8Array(0))).toBeNull();
  });
});
