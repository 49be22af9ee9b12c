import fc from "fast-check";
import {
  type Burst,
  type Frame,
  type Op,
  type Program,
  SELF,
  type Step,
  TOPICS,
  type When,
} from "./program.ts";

const MAX_CLIENTS = 3;
const MAX_BLOCKS = 5;

const ref = fc.oneof({ weight: 3, arbitrary: fc.constant(SELF) }, fc.nat(MAX_CLIENTS - 1));
const topic = fc.constantFrom(...TOPICS);
const block = fc.nat(MAX_BLOCKS - 1);

/** Sizes around each threshold: frames' heads, copied or joined messages, the thread pool. */
const size = fc.oneof(
  fc.constantFrom(
    0,
    1,
    2,
    20,
    125,
    126,
    256,
    257,
    1000,
    1024,
    1026,
    4096,
    4098,
    16_384,
    65_534,
    65_536,
    65_538,
  ),
  fc.nat(200),
  fc.constantFrom(131_072, 300_000, 1_048_576),
);

const fewOrMany = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 4 }) },
  fc.constantFrom(20, 90, 400, 2000),
);

const burst: fc.Arbitrary<Burst> = fc
  .record({
    kind: fc.constantFrom("text", "wide", "binary" as const),
    size,
    times: fewOrMany,
    compress: fc.boolean(),
  })
  // Wide text has an even number of bytes; and big messages are rare.
  .map(({ kind, size, times, compress }) => ({
    kind,
    size: kind === "wide" ? size - (size % 2) : size,
    times: Math.min(times, Math.max(1, Math.ceil(8_000_000 / (size + 1000)))),
    compress,
  }));

interface Blocks {
  readonly ops: fc.Arbitrary<Op[]>;
  /** A block that runs for each socket, and is mostly empty. */
  readonly seldom: fc.Arbitrary<Op[]>;
}

function blocksOf(burst: fc.Arbitrary<Burst>, whens: readonly When[]): Blocks {
  const leaf: fc.Arbitrary<Op> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(ref, burst).map(([to, sent]): Op => ({ do: "send", to, ...sent })),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.option(ref, { nil: null }), topic, burst)
        .map(([by, topic, sent]): Op => ({ do: "publish", by, topic, ...sent })),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("subscribe" as const), to: ref, topic }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("unsubscribe" as const), to: ref, topic }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom("pause" as const, "resume" as const), to: ref }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("buffered" as const), to: ref }) },
    {
      weight: 1,
      arbitrary: fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({
            do: fc.constant("close" as const),
            to: ref,
            code: fc.constantFrom(1000, 3000),
          }),
        },
        fc.record({ do: fc.constant("terminate" as const), to: ref }),
      ),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("ping" as const), to: ref, block }) },
  );

  const leaves = fc.array(leaf, { minLength: 1, maxLength: 3 });

  const op: fc.Arbitrary<Op> = fc.oneof(
    { weight: 6, arbitrary: leaf },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("cork" as const), to: ref, ops: leaves }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("later" as const),
        when: fc.constantFrom(...whens),
        ops: leaves,
      }),
    },
  );

  const ops = fc.array(op, { maxLength: 4 });
  /** A block that runs for each socket, and is mostly empty. */
  const seldom = fc.oneof({ weight: 2, arbitrary: fc.constant<Op[]>([]) }, fc.array(op, { maxLength: 2 }));
  return { ops, seldom };
}

const frame: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("message" as const), block }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom("ping" as const, "pong" as const), block }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("close" as const), code: fc.constantFrom(3001, 3002) }),
  },
);

const client = fc.nat(MAX_CLIENTS - 1);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("frames" as const),
      client,
      frames: fc.array(frame, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("stop" as const, "slowly" as const, "read" as const),
      client,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("leave" as const),
      client,
      how: fc.constantFrom("fin" as const, "rst" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("run" as const), block }) },
);

const options = fc.record(
  {
    backpressureLimit: fc.constantFrom(0, 1, 100, 1000, 65_536),
    closeOnBackpressureLimit: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
    perMessageDeflate: fc.boolean(),
    publishToSelf: fc.boolean(),
    unix: fc.boolean(),
  },
  { requiredKeys: ["closeOnBackpressureLimit", "perMessageDeflate", "publishToSelf", "unix"] },
);

function programOf({ ops, seldom }: Blocks): fc.Arbitrary<Program> {
  return fc
    .record({
      options,
      clients: fc.integer({ min: 1, max: MAX_CLIENTS }),
      open: seldom,
      drain: seldom,
      close: seldom,
      blocks: fc.array(ops, { minLength: MAX_BLOCKS, maxLength: MAX_BLOCKS }),
      steps: fc.array(step, { minLength: 1, maxLength: 8 }),
    })
    .map((made) => ({
      ...made,
      steps: made.steps.filter((one) => one.do === "run" || one.client < made.clients),
    }));
}

export const program: fc.Arbitrary<Program> = programOf(
  blocksOf(burst, ["microtask", "tick", "immediate", "timeout"]),
);

/**
 * Most programs send so little that there is no backpressure, so that their events are the same each time. The runtime decides whether
 * a tick comes before a microtask, or a timeout before an immediate.
 */
export const lightProgram: fc.Arbitrary<Program> = programOf(
  blocksOf(
    burst.map((one) => ({ ...one, size: Math.min(one.size, 600), times: Math.min(one.times, 8) })),
    ["microtask", "timeout"],
  ),
);
