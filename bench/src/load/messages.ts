/** What the WebSocket scenarios send. */
export type MessageKind = "text" | "binary" | "json";

/** The content of a message of exactly so many bytes, the same in each run. JSON takes 64 bytes or more. */
export function makeMessage(kind: MessageKind, bytes: number): Buffer {
  if (kind === "text") return Buffer.alloc(bytes, "m");
  const random = generator();
  if (kind === "binary") return Buffer.from(Array.from({ length: bytes }, () => random(256)));
  return json(bytes, random);
}

const names = ["Aiko", "Bram", "Chloé", "Deniz", "Emeka", "Freya", "Goran", "Hana", "Ines", "Jorge"];
const kinds = ["created", "updated", "assigned", "commented", "closed", "reopened"];
const words =
  "the dough has risen and the steam is ready so please bring more flour to table four before noon while it is warm".split(
    " ",
  );

/** A list of events as an application would push it to its clients, and a note that fills the rest. */
function json(bytes: number, random: (below: number) => number): Buffer {
  const pick = (list: readonly string[]): string => list[random(list.length)]!;
  const event = (): object => ({
    id: 10_000_000 + random(80_000_000),
    type: pick(kinds),
    user: { id: random(5_000), name: pick(names) },
    at: new Date(Date.UTC(2026, random(12), 1 + random(28), random(24), random(60))).toISOString(),
    amount: random(100_000) / 100,
    text: Array.from({ length: 2 + random(3) }, () => pick(words)).join(" "),
  });
  const events: object[] = [];
  const size = (list: readonly object[], note: string): number => {
    return Buffer.byteLength(JSON.stringify({ room: "kitchen", events: list, note }));
  };
  for (;;) {
    const next = [...events, event()];
    if (size(next, "") > bytes) break;
    events.push(next.at(-1)!);
  }
  let note = "";
  while (size(events, note) < bytes) note += `${note === "" ? "" : " "}${pick(words)}`;
  note = note.slice(0, note.length - (size(events, note) - bytes));
  return Buffer.from(JSON.stringify({ room: "kitchen", events, note }));
}

/** Numerical Recipes' linear congruential generator: the same numbers in each run, from 0 to below what is asked. */
function generator(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // The high bits: the low ones of such a generator repeat soon.
    return Math.floor((state / 2 ** 32) * below);
  };
}
