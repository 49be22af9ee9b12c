import fc from "fast-check";
import { Response as LightResponse } from "../../src/fetch/response.ts";

export type Pairs = readonly (readonly [string, string])[];

/** What a response is made of. Each call of `makeResponse` makes it anew. */
export interface ResponsePlan {
  readonly light: boolean;
  readonly body: keyof typeof BODIES;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Pairs;
  /** The type that the body implies is removed. */
  readonly untyped: boolean;
}

export const BIG: string = "0123456789".repeat(10_000);

const BODIES = {
  null: () => null,
  empty: () => "",
  text: () => "text",
  wide: () => "Grüße, 世界",
  bytes: () => new Uint8Array([0, 1, 254, 255]),
  "no bytes": () => new Uint8Array(),
  blob: () => new Blob(["blob"], { type: "text/x" }),
  form: () => new URLSearchParams({ a: "b c" }),
  "ready stream": () => chunks(["one", "", "two"], false),
  "late stream": () => chunks(["one", "", "two"], true),
  "empty stream": () => chunks([], false),
  "late empty stream": () => chunks([], true),
  "big stream": () => chunks([BIG, BIG, BIG, BIG], false),
  "failing stream": () => failing(false),
  "late failing stream": () => failing(true),
  "stream of no bytes": () => chunks([5 as unknown as string], false),
  "locked stream": () => {
    const stream = chunks(["locked"], false);
    stream.getReader();
    return stream;
  },
} as const;

/** Gives its chunks at once, or each in a turn of its own: after more turns than a head waits for. */
export function chunks(texts: readonly string[], late: boolean): ReadableStream {
  const left = texts.map((text) => (typeof text === "string" ? new TextEncoder().encode(text) : text));
  return new ReadableStream({
    async pull(controller) {
      if (late) for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      const chunk = left.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
}

function failing(late: boolean): ReadableStream {
  return new ReadableStream({
    async pull(controller) {
      if (late) for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      controller.error(new Error("stream"));
    },
  });
}

export function makeResponse({ light, body, status, statusText, headers, untyped }: ResponsePlan): Response {
  const make = light ? (LightResponse as unknown as typeof Response) : Response;
  const response = new make(BODIES[body](), {
    status,
    statusText,
    headers: headers.map(([a, b]): [string, string] => [a, b]),
  });
  if (untyped) response.headers.delete("Content-Type");
  return response;
}

export const responsePlan = (bodies: readonly (keyof typeof BODIES)[]): fc.Arbitrary<ResponsePlan> =>
  fc
    .record({
      light: fc.boolean(),
      body: fc.constantFrom(...bodies),
      status: fc.oneof(
        { weight: 4, arbitrary: fc.constant(200) },
        fc.constantFrom(201, 204, 205, 206, 304, 301, 404, 412, 416, 500, 503),
      ),
      statusText: fc.constantFrom("", "", "Fine"),
      untyped: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
      headers: fc.subarray<readonly [string, string]>(
        [
          ["ETag", '"tag"'],
          ["ETag", 'W/"weak"'],
          ["Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT"],
          ["X-A", "b"],
          ["Content-Type", "text/x; charset=x"],
          ["Content-Language", "de"],
          ["Set-Cookie", "one=1"],
          ["Set-Cookie", "two=2; Path=/"],
          ["Cache-Control", "no-store"],
          ["Content-Range", "bytes 0-1/5"],
          ["Accept-Ranges", "none"],
          ["Connection", "close"],
          ["Connection", "x-a"],
          ["Keep-Alive", "timeout=5"],
          ["Content-Length", "1"],
          ["Content-Length", "none"],
          ["Transfer-Encoding", "chunked"],
          ["Upgrade", "x"],
          ["Date", "Tue, 14 Nov 2023 22:13:20 GMT"],
        ],
        { maxLength: 5 },
      ),
    })
    // The platform's Response takes no body with these.
    .filter(({ status, body }) => body === "null" || ![204, 205, 304].includes(status));

export const ALL_BODIES: readonly (keyof typeof BODIES)[] = Object.keys(BODIES) as (keyof typeof BODIES)[];
/** What a static route can be made of: else `serve()` throws, or the route responds with 500. */
export const STATIC_BODIES: readonly (keyof typeof BODIES)[] = ALL_BODIES.filter(
  (body) => !/locked|failing|no bytes$/.test(body) || body === "no bytes",
);
