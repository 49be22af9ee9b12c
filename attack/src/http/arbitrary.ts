import fc from "fast-check";
import type { Body, Case, Client, Handler, ReadFault, Step, Upload } from "./script.ts";

const pause = fc.oneof(
  fc.constantFrom("tick" as const, "microtask" as const, "turn" as const),
  fc.integer({ min: 1, max: 12 }),
);

/** Sizes around each threshold: none, inlined, copied, pooled, a stream's high-water mark, much. */
const size = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 0, 1, 255, 257, 4096, 4097) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 200_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3_000_000 }) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("chunk" as const), size }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), for: pause }) },
  { weight: 1, arbitrary: fc.constant({ do: "error" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "throw" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "hang" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("odd" as const),
      value: fc.constantFrom("text", "number", "null", "undefined", "object", "buffer", "view", "detached"),
    }),
  },
);

const streamBody: fc.Arbitrary<Body> = fc.record({
  kind: fc.constant("stream" as const),
  made: fc.constantFrom("pull", "start", "bytes", "pipe", "from", "generator", "iterator"),
  steps: fc.array(step, { maxLength: 8 }),
  forever: fc.boolean(),
  cancel: fc.constantFrom("ok", "ok", "throws", "rejects", "hangs", "waits"),
  highWaterMark: fc.constantFrom(0, 1, 5),
  declares: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 10_000 }) },
  ),
});

const fault: fc.Arbitrary<ReadFault> = fc.record({
  at: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 60 })),
  how: fc.constantFrom("EIO", "EBADF", "short", "slow", "cut", "gone"),
});

const fileBody: fc.Arbitrary<Body> = fc.record({
  kind: fc.constant("file" as const),
  size: fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.integer({ min: 0, max: 8_000_000 })),
  as: fc.constantFrom("file", "slice", "stream"),
  fault: fc.option<ReadFault, null>(fault),
});

const body: fc.Arbitrary<Body> = fc.oneof(
  { weight: 5, arbitrary: streamBody },
  { weight: 3, arbitrary: fileBody },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("whole" as const),
      as: fc.constantFrom("text", "bytes", "blob", "form"),
      size,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "echo" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("odd" as const),
      value: fc.constantFrom(
        "undefined",
        "null",
        "number",
        "text",
        "proxy",
        "used",
        "locked",
        "foreign",
        "foreign-throws",
        "errored",
      ),
    }),
  },
);

const handler: fc.Arbitrary<Handler> = fc.record({
  waits: fc.array(pause, { maxLength: 3 }),
  reads: fc.constantFrom("nothing", "nothing", "text", "bytes", "blob", "some", "cancel", "stream"),
  returns: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("value" as const, "promise" as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        "thenable" as const,
        "thenable-twice" as const,
        "thenable-throws" as const,
        "throw" as const,
        "reject" as const,
        "hang" as const,
        "signal" as const,
      ),
    },
  ),
  onError: fc.constantFrom("responds", "throws", "rejects", "hangs", "streams"),
  response: fc.constantFrom("ours", "platform"),
});

const upload: fc.Arbitrary<Upload> = fc.record({
  framing: fc.constantFrom("length", "chunked"),
  total: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 600_000 })),
  piece: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 200_000 })),
  sent: fc.oneof(fc.constant(100), fc.integer({ min: 0, max: 100 })),
  expects: fc.boolean(),
  pause: fc.option(pause),
});

const clientOf = (method: Client["method"]): fc.Arbitrary<Client> =>
  fc.record({
    method: fc.constant(method),
    upload: method === "POST" ? fc.option(upload) : fc.constant(null),
    requests: fc.constantFrom(1, 1, 1, 2, 5),
    reads: fc.oneof(
      fc.constant("all" as const),
      fc.constant("slowly" as const),
      fc.integer({ min: 0, max: 500_000 }),
    ),
    leaves: fc.oneof(
      fc.constant("end" as const),
      fc.constant("sent" as const),
      fc.integer({ min: 1, max: 500_000 }),
    ),
    how: fc.constantFrom("fin", "rst", "half"),
  });

const client: fc.Arbitrary<Client> = fc.oneof(clientOf("GET"), clientOf("HEAD"), clientOf("POST"));

/** Some clients, each with a handler, at the same time. */
export const cases: fc.Arbitrary<Case[]> = fc.array(fc.record({ body, handler, client }), {
  minLength: 1,
  maxLength: 6,
});
