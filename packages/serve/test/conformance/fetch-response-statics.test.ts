import { type Case, describeCases, type FetchAPI, throws, untyped } from "../support/fetch-apis.ts";
import { attributes, defaultAttributes } from "../support/response-attributes.ts";

type Init = ConstructorParameters<FetchAPI["Response"]>[1];

const BASE = "http://a.example/";

/** Fetch, §5.5 "Response class": the static methods. */
describeCases("Response.json()", [
  [
    "a value",
    async ({ Response }) => {
      const response = Response.json({ a: [1] });
      return [response.status, [...response.headers], await response.text()];
    },
    [200, [["content-type", "application/json"]], '{"a":[1]}'],
  ],
  ["null", ({ Response }) => Response.json(null).text(), "null"],
  [
    "with an init",
    ({ Response }) => {
      const response = Response.json(1, { status: 201, statusText: "Made", headers: { a: "1" } });
      return [response.status, response.statusText, [...response.headers]];
    },
    [
      201,
      "Made",
      [
        ["a", "1"],
        ["content-type", "application/json"],
      ],
    ],
  ],
  [
    "with a Content-Type of its own",
    ({ Response }) => [...Response.json(1, { headers: { "Content-Type": "a/b" } }).headers],
    [["content-type", "a/b"]],
  ],
  [
    "with headers that can be iterated once",
    ({ Response }) => {
      const headers = [["content-type", "a/b"]][Symbol.iterator]();
      return [...Response.json(1, untyped<Init>({ headers })).headers];
    },
    [["content-type", "a/b"]],
  ],
  ["undefined has no text", ({ Response }) => Response.json(undefined), throws("TypeError")],
  ["nor has a function", ({ Response }) => Response.json(() => {}), throws("TypeError")],
  [
    "nor has a circle",
    ({ Response }) => {
      const circle: Record<string, unknown> = {};
      circle["it"] = circle;
      return Response.json(circle);
    },
    throws("TypeError"),
  ],
  [
    "what toJSON throws comes through",
    ({ Response }) =>
      Response.json({
        toJSON() {
          throw new RangeError("no");
        },
      }),
    throws("RangeError"),
  ],
  [
    "with a status that has no body",
    ({ Response }) => Response.json(1, { status: 204 }),
    throws("TypeError"),
  ],
]);

/** As JavaScript calls it: the types allow nothing that is wrong. */
function redirect(Response: FetchAPI["Response"], ...args: unknown[]): globalThis.Response {
  return (Response.redirect as (...args: unknown[]) => globalThis.Response)(...args);
}

describeCases("Response.redirect()", [
  [
    "an address",
    ({ Response }) => attributes(redirect(Response, BASE)),
    { ...defaultAttributes, status: 302, ok: false, headers: [["location", BASE]] },
  ],
  [
    "an address is normalised",
    ({ Response }) => redirect(Response, "HTTP://A.example:80/a b\u00e4").headers.get("location"),
    `${BASE}a%20b%C3%A4`,
  ],
  ["a URL", ({ Response }) => redirect(Response, new URL(BASE)).headers.get("location"), BASE],
  ...[301, 302, 303, 307, 308].map(
    (status): Case => [`status ${status}`, ({ Response }) => redirect(Response, BASE, status).status, status],
  ),
  ["a status in digits", ({ Response }) => redirect(Response, BASE, "301").status, 301],
  ["undefined for a status", ({ Response }) => redirect(Response, BASE, undefined).status, 302],
  ...[200, 300, 304, 305, 306, 309, 404, 0, null, "x"].map(
    (status): Case => [
      `status ${status}`,
      ({ Response }) => redirect(Response, BASE, status),
      throws("RangeError"),
    ],
  ),
]);

describeCases("Response.error()", [
  [
    "is a network error",
    ({ Response }) => attributes(Response.error()),
    { ...defaultAttributes, status: 0, ok: false, type: "error" },
  ],
  [
    "its headers are immutable",
    ({ Response }) => Response.error().headers.append("a", "1"),
    throws("TypeError"),
  ],
  [
    "so are those of its clone",
    ({ Response }) => Response.error().clone().headers.append("a", "1"),
    throws("TypeError"),
  ],
]);
