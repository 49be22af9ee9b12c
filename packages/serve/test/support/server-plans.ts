import { join } from "node:path";
import fc from "fast-check";
import type { Server } from "../../src/api/server.ts";
import { file } from "../../src/fetch/file.ts";
import { Response as LightResponse } from "../../src/fetch/response.ts";
import { type Act, act, FILES, run } from "./handler-acts.ts";
import {
  BIG,
  makeResponse,
  type Pairs,
  type ResponsePlan,
  responsePlan,
  STATIC_BODIES,
} from "./response-plans.ts";

export type RoutePlan =
  | { readonly kind: "static"; readonly plan: ResponsePlan }
  | { readonly kind: "handler"; readonly act: Act }
  | { readonly kind: "file"; readonly name: string; readonly headers: Pairs }
  | { readonly kind: "blob"; readonly name: string }
  | { readonly kind: "redirect" }
  | { readonly kind: "false" | "directory" | "websocket" }
  | {
      readonly kind: "methods";
      readonly methods: Readonly<Record<string, RoutePlan>>;
      readonly websocket: boolean;
    };

const endpoint: fc.Arbitrary<RoutePlan> = fc.oneof(
  { weight: 3, arbitrary: responsePlan(STATIC_BODIES).map((plan) => ({ kind: "static" as const, plan })) },
  { weight: 5, arbitrary: act.map((what) => ({ kind: "handler" as const, act: what })) },
  fc.record({
    kind: fc.constant("file" as const),
    name: fc.constantFrom(...FILES, "missing"),
    headers: fc.subarray<readonly [string, string]>([
      ["ETag", '"file"'],
      ["Content-Type", "text/x"],
      ["Last-Modified", "Tue, 14 Nov 2000 22:13:20 GMT"],
    ]),
  }),
  fc.record({ kind: fc.constant("blob" as const), name: fc.constantFrom(...FILES, "missing") }),
  fc.constant({ kind: "redirect" as const }),
);

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;

const route: fc.Arbitrary<RoutePlan> = fc.oneof(
  { weight: 6, arbitrary: endpoint },
  fc.record({ kind: fc.constantFrom("false" as const, "directory" as const, "websocket" as const) }),
  fc.record({
    kind: fc.constant("methods" as const),
    methods: fc.dictionary(fc.constantFrom(...METHODS), endpoint, { minKeys: 1, maxKeys: 3 }),
    websocket: fc.boolean(),
  }),
);

export function makeRoute(plan: RoutePlan, dir: string, server: () => Server<undefined>): unknown {
  const websocket = { message() {} };
  switch (plan.kind) {
    case "static":
      return makeResponse(plan.plan);
    case "handler":
      return (req: Request) => run(plan.act, dir, server, req);
    case "file":
      return new Response(file(join(dir, plan.name)), {
        headers: plan.headers.map(([a, b]): [string, string] => [a, b]),
      });
    case "blob":
      return file(join(dir, plan.name));
    case "redirect":
      return LightResponse.redirect("/a");
    case "false":
      return false;
    case "directory":
      return { dir };
    case "websocket":
      return { websocket };
    case "methods": {
      const made = Object.entries(plan.methods).map(([method, one]) => [method, makeRoute(one, dir, server)]);
      // A GET that is no function opens no WebSocket: beside it `websocket` is a TypeError.
      const { GET } = plan.methods;
      const isUpgradable = plan.websocket && (GET === undefined || GET.kind === "handler");
      return { ...Object.fromEntries(made), ...(isUpgradable ? { websocket } : {}) };
    }
  }
}

const PATTERNS = [
  "/",
  "/a",
  "/a/b",
  "/:p",
  "/a/:p",
  "/:p/b",
  "/:p/:q",
  "/*",
  "/a/*",
  "/d/*",
  "/a%20b",
  "/a+b",
];

export const routes: fc.Arbitrary<[string, RoutePlan][]> = fc
  .dictionary(fc.constantFrom(...PATTERNS), route, { minKeys: 1, maxKeys: 6 })
  .map((plans) => ({ ...plans, "/d/*": plans["/d/*"] ?? { kind: "directory" as const } }))
  .map((plans) =>
    Object.entries(plans).filter(
      ([pattern, { kind }]) => kind !== "directory" || /^[^:]*\/\*$/.test(pattern),
    ),
  );

export interface RequestPlan {
  readonly method: string;
  readonly path: string;
  readonly headers: Pairs;
  readonly body: string;
  readonly as: "request" | "URL" | "text";
}

const SEGMENTS = [
  "a",
  "b",
  "d",
  "a.txt",
  "b%20c.txt",
  "b c.txt",
  "empty.txt",
  "sub",
  "big.txt",
  "index.html",
  "missing",
  "a%20b",
  "%61",
  "%2F",
  "%2e%2e",
  "..",
  ".",
  "%00",
  "%E9",
  "%C3%A9",
  "é",
  "%zz",
  "%",
  "",
  "a+b",
  "a;b",
  "a:b",
  "[x]",
  "{x}",
  '"',
  "a|b",
  "a^b",
  "a\\b",
  "a%5Cb",
  "~",
  "*",
  ":p",
];

export const requestPlan: fc.Arbitrary<RequestPlan> = fc.record({
  method: fc.oneof({ weight: 3, arbitrary: fc.constant("GET") }, fc.constantFrom(...METHODS, "PROPFIND")),
  path: fc
    .tuple(
      fc.array(fc.constantFrom(...SEGMENTS), { minLength: 0, maxLength: 3 }),
      fc.constantFrom("", "", "?", "?a=b&c=%20", "?é", "?a?b"),
    )
    .map(([segments, query]) => `/${segments.join("/")}${query}`),
  headers: fc.subarray<readonly [string, string]>(
    [
      ["If-None-Match", "*"],
      ["If-None-Match", '"x", W/"tag"'],
      ["If-None-Match", '"tag"'],
      ["If-Match", '"tag"'],
      ["If-Match", "*"],
      ["If-Modified-Since", "Tue, 14 Nov 2023 22:13:20 GMT"],
      ["If-Modified-Since", "Tue, 14 Nov 2000 22:13:20 GMT"],
      ["If-Unmodified-Since", "Tue, 14 Nov 2023 22:13:19 GMT"],
      ["Range", "bytes=2-4"],
      ["Range", "bytes=-3"],
      ["Range", "bytes=200000-"],
      ["Range", "bytes=0-0,2-3"],
      ["If-Range", '"file"'],
      ["If-Range", "Tue, 14 Nov 2023 22:13:20 GMT"],
      ["Cookie", "c=0; e=%20"],
      ["Accept", "text/html"],
      ["X-A", "ä"],
    ],
    { maxLength: 4 },
  ),
  body: fc.constantFrom("", "body", BIG),
  as: fc.constantFrom("request", "request", "URL", "text"),
});
