import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runChild } from "../support/child.ts";

const NAMES = ["Request", "Response", "Headers", "fetch"] as const;

/** What each of an object's own properties is. */
function members(object: object): Map<PropertyKey, unknown> {
  return new Map(
    Reflect.ownKeys(object).map((name) => {
      const { value, get } = Object.getOwnPropertyDescriptor(object, name)!;
      return [name, value ?? get];
    }),
  );
}

const { Request, Response, Headers } = globalThis;
const OBJECTS: readonly object[] = [
  globalThis,
  process,
  Request.prototype,
  Response.prototype,
  Headers.prototype,
  Request,
  Response,
  Headers,
];

/** The members that an action changes, of the global object and of the platform's classes. */
async function changedBy(act: () => unknown): Promise<PropertyKey[]> {
  // Node.js loads what is looked at for the first time, and puts it in the place of what loaded it.
  for (const name of Reflect.ownKeys(globalThis)) (globalThis as Record<PropertyKey, unknown>)[name];
  const before = OBJECTS.map(members);
  await act();
  const after = OBJECTS.map(members);
  const names = new Set([...before, ...after].flatMap((each) => [...each.keys()]));
  return [...names].filter((name) =>
    before.some(
      (each, i) => !Object.is(each.get(name), after[i]!.get(name)) || each.has(name) !== after[i]!.has(name),
    ),
  );
}

afterEach(async () => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.resetModules();
  (await import("../../src/plain.ts")).uninstall();
  vi.resetModules();
});

describe("the entries", () => {
  it("plain leaves every global alone", async () => {
    let plain: object = {};
    expect(
      await changedBy(async () => {
        plain = await import("../../src/plain.ts");
      }),
    ).toEqual([]);
    expect((plain as typeof globalThis).Response).not.toBe(Response);
  });

  it("so does the main one with MANTOU_GLOBALS=0", async () => {
    vi.stubEnv("MANTOU_GLOBALS", "0");
    expect(await changedBy(() => import("../../src/index.ts"))).toEqual([]);
    expect(await changedBy(() => import("../../src/register.ts"))).toEqual([]);
  });

  it("the main one replaces four, of which the platform's prototypes know", async () => {
    expect((await changedBy(() => import("../../src/index.ts"))).sort()).toEqual(
      [...NAMES, "constructor"].sort(),
    );
  });

  it("export the same, but that one has replaced them", async () => {
    const main = await import("../../src/index.ts");
    const plain = await import("../../src/plain.ts");
    expect({ ...main }).toEqual({ ...plain });
    expect(globalThis.Response).toBe(main.Response);
    expect(globalThis.Headers).toBe(main.Headers);
  });

  it("register does the same as the main one, and nothing after it", async () => {
    await import("../../src/register.ts");
    expect(globalThis.Response).not.toBe(Response);
    expect(await changedBy(() => import("../../src/index.ts"))).toEqual([]);
  });
});

describe("the globals", () => {
  it("stay configurable and writable, and as enumerable as they were", async () => {
    const before = NAMES.map((name) => Object.getOwnPropertyDescriptor(globalThis, name)!.enumerable);
    await import("../../src/index.ts");
    const after = NAMES.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
    expect(after).toEqual(
      NAMES.map((name, i) => ({
        value: globalThis[name],
        writable: true,
        configurable: true,
        enumerable: before[i],
      })),
    );
  });

  it("are all left alone where one of them cannot be replaced", async () => {
    const freeze = 'Object.defineProperty(globalThis,"Headers",{value:Headers,configurable:false})';
    const { code, stdout } = await runChild(
      `const server = serve({ port: 0, fetch: (request) => new Response(request.constructor.name) });
       const { types } = await import("node:util");
       console.log(types.isProxy(Request), await (await fetch(server.url)).text());
       await server.stop();`,
      { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(freeze)}` },
    );
    expect([code, stdout]).toEqual([0, "false Request\n"]);
  });

  it("are replaced once, however many copies of the package are loaded", async () => {
    await import("../../src/index.ts");
    vi.resetModules();
    let second: object = {};
    expect(
      await changedBy(async () => {
        second = await import("../../src/index.ts");
      }),
    ).toEqual([]);
    expect((second as typeof globalThis).Response).not.toBe(globalThis.Response);
  });

  it("are missing: the module's error names the Fetch API", () => {
    expect(runInNewContext("typeof Response")).toBe("undefined");
    vi.stubGlobal("Response", undefined);
    return expect(import("../../src/plain.ts")).rejects.toThrow(/needs the globals.*@jest-environment node/);
  });
});

describe("uninstall", () => {
  it("restores what was there", async () => {
    const changed = await changedBy(async () => {
      const { uninstall } = await import("../../src/index.ts");
      uninstall();
      uninstall();
    });
    expect(changed).toEqual([]);
  });

  it("of another copy does it, too, and the next copy may replace them again", async () => {
    const changed = await changedBy(async () => {
      await import("../../src/index.ts");
      vi.resetModules();
      (await import("../../src/plain.ts")).uninstall();
    });
    expect(changed).toEqual([]);
    vi.resetModules();
    const { Response: ours } = await import("../../src/index.ts");
    expect(globalThis.Response).toBe(ours);
  });

  it("leaves what has been put in the place of one of them since", async () => {
    const { uninstall } = await import("../../src/index.ts");
    const mock = (): void => {};
    vi.stubGlobal("fetch", mock);
    uninstall();
    expect([globalThis.fetch, globalThis.Response]).toEqual([mock, Response]);
  });
});
