import { inspect } from "node:util";
import {
  type Case,
  describeCases,
  type FetchAPI,
  ours,
  platform,
  throws,
  untyped,
} from "../support/fetch-apis.ts";
import { attributes, defaultAttributes } from "../support/response-attributes.ts";

type Init = ConstructorParameters<FetchAPI["Response"]>[1];

const withInit =
  (init: unknown, body: BodyInit | null = null) =>
  ({ Response }: FetchAPI) =>
    attributes(new Response(body, untyped<Init>(init)));
type BodyInit = ConstructorParameters<FetchAPI["Response"]>[0];

/** Fetch, §5.5 "Response class": the constructor. */
describeCases("new Response()", [
  ["without arguments", ({ Response }) => attributes(new Response()), defaultAttributes],
  ["of null and undefined", withInit(undefined), defaultAttributes],
  ["an init of null", withInit(null), defaultAttributes],
  ["an empty init", withInit({}), defaultAttributes],
  ["an init that is a function", withInit(() => {}), defaultAttributes],
  ["an init that is a string", withInit("x"), throws("TypeError")],
  ["an init that is a number", withInit(1), throws("TypeError")],
  ...[200, 201, 299, 300, 404, 599].map(
    (status): Case => [
      `status ${status}`,
      withInit({ status }),
      { ...defaultAttributes, status, ok: status < 300 },
    ],
  ),
  ...[0, 100, 102, 103, 199, 600, 1000, -1, Number.NaN, Number.POSITIVE_INFINITY, null, "", "abc"].map(
    (status): Case => [`status ${JSON.stringify(status)}`, withInit({ status }), throws("RangeError")],
  ),
  [
    "a status is an unsigned short",
    ({ Response }) =>
      ["404", 404.9, 65_536 + 404, { valueOf: () => 404 }].map(
        (status) => new Response(null, untyped<Init>({ status })).status,
      ),
    [404, 404, 404, 404],
  ],
  ["a status that is no number", withInit({ status: Symbol("s") }), throws("TypeError")],
  [
    "a status text",
    withInit({ statusText: "\t !~\x80\xff" }),
    { ...defaultAttributes, statusText: "\t !~\x80\xff" },
  ],
  [
    "a status text becomes a string",
    withInit({ statusText: null }),
    { ...defaultAttributes, statusText: "null" },
  ],
  ...["\0", "\n", "\r", "\x1f", "\x7f", "\u0100"].map(
    (statusText): Case => [
      `a status text with ${JSON.stringify(statusText)}`,
      withInit({ statusText: `a${statusText}` }),
      throws("TypeError"),
    ],
  ),
  ["headers", withInit({ headers: { A: "1" } }), { ...defaultAttributes, headers: [["a", "1"]] }],
  ["headers of null", withInit({ headers: null }), throws("TypeError")],
  ["a header with a bad name", withInit({ headers: { "a b": "1" } }), throws("TypeError")],
  [
    "headers are copied",
    ({ Headers, Response }) => {
      const headers = new Headers({ a: "1" });
      const response = new Response(null, { headers });
      headers.set("a", "2");
      return [response.headers === headers, response.headers.get("a")];
    },
    [false, "1"],
  ],
  [
    "headers are the same object each time",
    ({ Response }) => {
      const response = new Response("x");
      const { headers } = response;
      return response.headers === headers;
    },
    true,
  ],
  [
    "headers can be changed",
    ({ Response }) => {
      const response = new Response("x");
      response.headers.append("set-cookie", "a");
      response.headers.delete("content-type");
      return [...response.headers];
    },
    [["set-cookie", "a"]],
  ],
  [
    "an init that is a Response",
    ({ Response }) =>
      attributes(
        new Response(null, new Response("x", { status: 404, statusText: "No", headers: { a: "1" } })),
      ),
    {
      ...defaultAttributes,
      ok: false,
      status: 404,
      statusText: "No",
      headers: [
        ["a", "1"],
        ["content-type", "text/plain;charset=UTF-8"],
      ],
    },
  ],
  ...[204, 205, 304].flatMap((status): Case[] => [
    [`${status} without a body`, withInit({ status }), { ...defaultAttributes, status, ok: status < 300 }],
    [`${status} with a body`, withInit({ status }, "x"), throws("TypeError")],
  ]),
  [
    "a member is read once",
    ({ Response }) => {
      let reads = 0;
      new Response(null, {
        get status() {
          reads++;
          return 200;
        },
      });
      return reads;
    },
    1,
  ],
  [
    "the body is converted before a member is read",
    ({ Response }) => {
      const read: string[] = [];
      const body = { toString: () => `${read.push("body")}` };
      const init = {
        get status() {
          read.push("status");
          return 200;
        },
      };
      new Response(untyped<string>(body), init);
      return read;
    },
    ["body", "status"],
  ],
  [
    "headers are converted before a status is checked",
    withInit({ status: 1, headers: 1 }),
    throws("TypeError"),
  ],
  ["so is a status text", withInit({ status: 1, statusText: Symbol("s") }), throws("TypeError")],
  ["a status is checked before its text", withInit({ status: 1, statusText: "\n" }), throws("RangeError")],
  [
    "a body is taken before a status is checked",
    ({ Response }) => {
      const body = new ReadableStream();
      body.getReader();
      return new Response(body, { status: 1 });
    },
    throws("TypeError"),
  ],
  ["a symbol is no body", ({ Response }) => new Response(untyped<string>(Symbol("s"))), throws("TypeError")],
  ["without new", ({ Response }) => untyped<() => void>(Response)(), throws("TypeError")],
]);

const READERS = ["text", "json", "bytes", "arrayBuffer", "blob", "formData"] as const;

describeCases("Response, the object", [
  [
    "the property of its tag",
    ({ Response }) => Object.getOwnPropertyDescriptor(Response.prototype, Symbol.toStringTag),
    { value: "Response", writable: false, enumerable: false, configurable: true },
  ],
  [
    "its static methods",
    ({ Response }) =>
      (["error", "json", "redirect"] as const).map((name) => [
        Response[name].length,
        Object.getOwnPropertyDescriptor(Response, name)?.enumerable,
      ]),
    [
      [0, true],
      [1, true],
      [1, true],
    ],
  ],
  ...READERS.flatMap((reader) =>
    [{}, undefined, "x"].map(
      (value): Case => [
        `${reader} of ${JSON.stringify(value)} rejects, and does not throw`,
        ({ Response }) => {
          const readers = untyped<Record<string, (this: unknown) => Promise<unknown>>>(Response.prototype);
          return readers[reader]!.call(value).catch((error: Error) => error.name);
        },
        "TypeError",
      ],
    ),
  ),
  ...(
    ["type", "url", "redirected", "status", "ok", "statusText", "headers", "body", "bodyUsed"] as const
  ).map(
    (name): Case => [
      `${name} of the prototype`,
      ({ Response }) => Response.prototype[name],
      throws("TypeError"),
    ],
  ),
  ["its tag", ({ Response }) => Object.prototype.toString.call(new Response()), "[object Response]"],
  [
    "its class",
    ({ Response }) => [Response.name, new Response().constructor === Response],
    ["Response", true],
  ],
  [
    "instances are instances of both",
    () =>
      [ours, platform].flatMap((a) => [ours, platform].map((b) => new a.Response() instanceof b.Response)),
    [true, true, true, true],
  ],
  [
    "nothing else is one",
    ({ Response }) =>
      [{}, null, "x", new Headers(), Response.prototype.constructor].map(
        (value) => untyped<unknown>(value) instanceof Response,
      ),
    [false, false, false, false, false],
  ],
  [
    "a subclass",
    async ({ Response }) => {
      class Mine extends Response {
        twice(): string {
          return "twice";
        }
      }
      const mine = new Mine("x", { status: 201 });
      return [
        mine.status,
        await mine.text(),
        mine.twice(),
        mine instanceof Mine,
        mine instanceof Response,
        new Response() instanceof Mine,
        new platform.Response() instanceof Mine,
      ];
    },
    [201, "x", "twice", true, true, false, false],
  ],
  [
    "members are enumerable",
    ({ Response }) => {
      const names: string[] = [];
      for (const name in new Response()) names.push(name);
      return ["status", "headers", "body", "text", "clone"].filter((name) => !names.includes(name));
    },
    [],
  ],
  [
    "can be printed",
    ({ Response }) =>
      /^Response \{\s+status: 404,\s+statusText: 'No',\s+headers: Headers \{ a: '1' \},\s+body: (null|\[?.*),\s+bodyUsed: false,\s+ok: false,\s+redirected: false,\s+type: 'default',\s+url: ''\s+\}$/.test(
        inspect(new Response(null, { status: 404, statusText: "No", headers: { a: "1" } })),
      ),
    true,
  ],
  [
    "methods are for its own",
    ({ Response }) => Response.prototype.clone.call(untyped<globalThis.Response>({})),
    throws("TypeError"),
  ],
]);
