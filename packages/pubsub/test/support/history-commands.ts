import fc from "fast-check";

/** What a history is asked for. Numbers choose among what was appended before. */
export type HistoryCommand =
  | { readonly kind: "append"; readonly channel: number; readonly count: number; readonly bytes: number }
  | { readonly kind: "retry"; readonly channel: number; readonly back: number }
  | { readonly kind: "read"; readonly channel: number; readonly back: number; readonly limit: number }
  | { readonly kind: "top" | "rotate" | "rotate old" | "evict"; readonly channel: number }
  | { readonly kind: "burst"; readonly channel: number; readonly frames: number }
  | { readonly kind: "reconnect" }
  | { readonly kind: "restart" };

/** Their names have what a key, a subject and a pattern of an engine could trip over. */
export const CHANNELS: readonly string[] = ["ht:room", `ht:{a}b} ä*.>\r\n`, `ht:${"x".repeat(1500)}`];

const channel = fc.nat(CHANNELS.length - 1);
const back = fc.nat(12);

export const historyCommands: fc.Arbitrary<readonly HistoryCommand[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("append" as const),
        channel,
        count: fc.integer({ min: 1, max: 4 }),
        bytes: fc.nat(300),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("retry" as const), channel, back }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("read" as const),
        channel,
        back,
        limit: fc.integer({ min: 1, max: 12 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom("top" as const, "rotate" as const, "rotate old" as const),
        channel,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("burst" as const),
        channel,
        frames: fc.integer({ min: 2, max: 20 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("evict" as const), channel }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom("reconnect" as const, "reconnect" as const, "restart" as const),
      }),
    },
  ),
  { minLength: 10, maxLength: 40 },
);
