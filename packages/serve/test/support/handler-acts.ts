import { join } from "node:path";
import fc from "fast-check";
import type { Server } from "../../src/api/server.ts";
import type { CookieMap } from "../../src/cookies/cookie-map.ts";
import { file } from "../../src/fetch/file.ts";
import { Response as LightResponse } from "../../src/fetch/response.ts";
import {
  ALL_BODIES,
  chunks,
  makeResponse,
  type Pairs,
  type ResponsePlan,
  responsePlan,
} from "./response-plans.ts";

/** What a handler does. */
export type Act =
  | { readonly does: "respond" | "respond later"; readonly plan: ResponsePlan; readonly cookies: Pairs }
  | { readonly does: "echo" }
  | {
      readonly does: "file" | "late file";
      readonly name: string;
      readonly slice: readonly [number, number] | null;
    }
  | {
      readonly does:
        | "throw"
        | "reject"
        | "reject later"
        | "nothing"
        | "text"
        | "error response"
        | "used response"
        | "thenable"
        | "generator"
        | "missing file"
        | "upgrade"
        | "redirect"
        | "foreign"
        | "bad status"
        | "bad field"
        | "hostile object"
        | "hostile promise"
        | "hostile tag";
    };

export function run(act: Act, dir: string, server: () => Server<undefined>, req?: Request): unknown {
  switch (act.does) {
    case "respond":
    case "respond later": {
      for (const [name, value] of act.cookies) {
        const { cookies } = (req ?? {}) as { cookies?: CookieMap };
        if (value === "") cookies?.delete(name);
        else cookies?.set(name, value);
      }
      if (act.does === "respond") return makeResponse(act.plan);
      return later(() => makeResponse(act.plan));
    }
    case "echo": {
      const { method, url, headers, params, cookies } = req as Request & {
        params: unknown;
        cookies?: CookieMap;
      };
      const seen = { method, url, params, a: headers.get("x-a"), cookies: [...(cookies ?? [])] };
      return later(async () => Response.json({ ...seen, body: await req!.text() }));
    }
    case "file":
    case "late file": {
      const blob = file(join(dir, act.name));
      const part = act.slice === null ? blob : blob.slice(...act.slice);
      const make = () => new Response(part, { headers: { "X-File": "yes" } });
      return act.does === "file" ? make() : later(make);
    }
    case "throw":
      throw new Error("thrown");
    case "reject":
      return Promise.reject(new Error("rejected"));
    case "reject later":
      return later(() => {
        throw new Error("rejected later");
      });
    case "nothing":
      return undefined;
    case "text":
      return "text";
    case "error response":
      return Response.error();
    case "used response": {
      const used = new Response("used");
      return used.text().then(() => used);
    }
    case "thenable":
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested
      return { then: (resolve: (value: unknown) => void) => resolve(new Response("then")) };
    case "generator":
      return new LightResponse(
        (async function* () {
          yield "gener";
          await new Promise((resolve) => setImmediate(resolve));
          yield "ated";
        })(),
      );
    case "missing file":
      return new Response(file(join(dir, "missing")));
    case "upgrade":
      return server().upgrade(req!) ? undefined : new Response("no upgrade", { status: 400 });
    case "redirect":
      return LightResponse.redirect("/a?b", 307);
    case "foreign":
      return {
        [Symbol.toStringTag]: "Response",
        status: 203,
        statusText: "Foreign",
        headers: new Map([["x-foreign", "1"]]),
        body: "foreign",
      };
    case "bad status":
      return Object.create(new Response("x"), { status: { value: 99 } });
    case "bad field":
      return {
        [Symbol.toStringTag]: "Response",
        status: 200,
        headers: new Map([["x y", "1"]]),
        body: chunks(["x"], false),
      };
    case "hostile object":
      return new Proxy({}, { has: hostile, get: hostile });
    case "hostile promise":
      return Object.defineProperty(Promise.resolve(new Response("x")), "constructor", { get: hostile });
    case "hostile tag": {
      let reads = 0;
      return {
        get [Symbol.toStringTag]() {
          // The first read looks for a response, the second describes the value.
          return reads++ === 0 ? "X" : hostile();
        },
      };
    }
  }
}

function hostile(): never {
  throw new Error("hostile");
}

async function later<T>(make: () => T): Promise<Awaited<T>> {
  await new Promise((resolve) => setImmediate(resolve));
  return await make();
}

export const FILES: readonly string[] = ["a.txt", "b c.txt", "empty.txt", "sub/index.html", "big.txt"];

const cookies = fc.array(fc.tuple(fc.constantFrom("c", "d"), fc.constantFrom("1", "ä b", "")), {
  maxLength: 3,
});

export const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constantFrom("respond" as const, "respond later" as const),
      plan: responsePlan(ALL_BODIES),
      cookies,
    }),
  },
  { weight: 2, arbitrary: fc.constant({ does: "echo" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constantFrom("file" as const, "late file" as const),
      name: fc.constantFrom(...FILES),
      slice: fc.option(fc.tuple(fc.integer({ min: -4, max: 12 }), fc.integer({ min: -4, max: 12 }))),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constantFrom(
        "throw" as const,
        "reject" as const,
        "reject later" as const,
        "nothing" as const,
        "text" as const,
        "error response" as const,
        "used response" as const,
        "thenable" as const,
        "generator" as const,
        "missing file" as const,
        "upgrade" as const,
        "redirect" as const,
        "foreign" as const,
        "bad status" as const,
        "bad field" as const,
        "hostile object" as const,
        "hostile promise" as const,
        "hostile tag" as const,
      ),
    }),
  },
);
