import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IndexedList, UNLISTED } from "../../src/socket/indexed-list.ts";

class Entry {
  place: number = UNLISTED;
}

describe("IndexedList", () => {
  it("has the same entries as a Set, whatever is added and deleted", () => {
    const steps = fc.array(fc.record({ adds: fc.boolean(), which: fc.nat(9) }), { maxLength: 100 });
    fc.assert(
      fc.property(steps, (all) => {
        const entries = Array.from({ length: 10 }, () => new Entry());
        const list = new IndexedList<"place", Entry>("place");
        const set = new Set<Entry>();
        for (const { adds, which } of all) {
          const entry = entries[which]!;
          if (adds) {
            list.add(entry);
            set.add(entry);
          } else expect(list.delete(entry)).toBe(set.delete(entry));
          expect(list.size).toBe(set.size);
          expect(new Set(list)).toEqual(set);
          for (const one of entries) expect(list.has(one)).toBe(set.has(one));
        }
      }),
    );
  });

  it("does not know the entries of another list that are at the same place", () => {
    const [list, other] = [
      new IndexedList<"place", Entry>("place"),
      new IndexedList<"place", Entry>("place"),
    ];
    const [entry, foreign] = [new Entry(), new Entry()];
    list.add(entry);
    other.add(foreign);
    expect(list.has(foreign)).toBe(false);
    expect(list.delete(foreign)).toBe(false);
    expect([...list]).toEqual([entry]);
  });

  it("gives the entries of the moment, also if they go meanwhile", () => {
    const list = new IndexedList<"place", Entry>("place");
    const entries = [new Entry(), new Entry(), new Entry()];
    for (const entry of entries) list.add(entry);
    const seen: Entry[] = [];
    for (const entry of list) {
      seen.push(entry);
      for (const one of entries) list.delete(one);
    }
    expect(seen).toEqual(entries);
    expect(list.size).toBe(0);
  });

  it("gives the entries that pass a test", () => {
    const list = new IndexedList<"place", Entry>("place");
    const entries = [new Entry(), new Entry()];
    for (const entry of entries) list.add(entry);
    expect(list.filter((entry) => entry === entries[1])).toEqual([entries[1]]);
  });
});
