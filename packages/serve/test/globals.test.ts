import { describe, expect, it } from "vitest";

/** What each of an object's own properties is. */
function members(object: object): Map<PropertyKey, unknown> {
  return new Map(
    Reflect.ownKeys(object).map((name) => {
      const { value, get } = Object.getOwnPropertyDescriptor(object, name)!;
      return [name, value ?? get];
    }),
  );
}

describe("by default", () => {
  it("nothing global is replaced or changed", async () => {
    // Node.js loads what is looked at for the first time, and puts it in the place of what loaded it.
    for (const name of Reflect.ownKeys(globalThis)) (globalThis as Record<PropertyKey, unknown>)[name];
    const objects = [
      globalThis,
      Request.prototype,
      Response.prototype,
      Headers.prototype,
      Request,
      Response,
      Headers,
    ];
    const before = objects.map(members);

    const ours = await import("../src/index.ts");

    const after = objects.map(members);
    const names = new Set([...before, ...after].flatMap((each) => [...each.keys()]));
    const changed = [...names].filter((name) =>
      before.some(
        (each, i) =>
          !Object.is(each.get(name), after[i]!.get(name)) || each.has(name) !== after[i]!.has(name),
      ),
    );
    expect(changed).toEqual([]);
    expect(ours.Response).not.toBe(globalThis.Response);
    expect(ours.Headers).not.toBe(globalThis.Headers);
  });
});
