/** What is done to cookies in Bun and here: data, so that it can be generated and sent to another process. */
export type CookieAct =
  | { readonly kind: "cookie"; readonly args: readonly unknown[] }
  | { readonly kind: "parse"; readonly text: string }
  | { readonly kind: "set property"; readonly name: string; readonly value: unknown }
  | {
      readonly kind: "map";
      readonly init: unknown;
      readonly steps: readonly (readonly [string, ...unknown[]])[];
    };

/** A cookie's or a map's JSON and how it is written; or that it was refused. */
export type CookieOutcome = { readonly made: unknown; readonly written: unknown } | "refused";

/** The classes under test, as far as acts need them. */
export interface CookieAPI {
  readonly Cookie: new (...args: never[]) => object;
  readonly CookieMap: new (
    init: never,
  ) => Iterable<unknown> & {
    readonly size: number;
    toSetCookieHeaders(): string[];
    toJSON(): unknown;
  };
}

/** Does what it is told. Its source runs in Bun too, so it can use nothing around it. */
export function performCookieActs(api: CookieAPI, acts: readonly CookieAct[]): CookieOutcome[] {
  const construct = (target: unknown, args: readonly unknown[]): object =>
    Reflect.construct(target as new () => object, args);
  const perform = (act: CookieAct): CookieOutcome => {
    if (act.kind === "map") {
      const map = construct(api.CookieMap, [act.init]) as InstanceType<CookieAPI["CookieMap"]>;
      const steps = act.steps.map(([name, ...args]) => {
        try {
          const method = Reflect.get(map, name) as () => unknown;
          return Reflect.apply(method, map, args) ?? null;
        } catch {
          return "refused";
        }
      });
      return { made: [steps, [...map], map.size, map.toJSON()], written: map.toSetCookieHeaders() };
    }
    const cookie =
      act.kind === "cookie"
        ? construct(api.Cookie, act.args)
        : construct(api.Cookie, act.kind === "parse" ? [act.text] : ["a", "b"]);
    if (act.kind === "set property") Reflect.set(cookie, act.name, act.value);
    return { made: JSON.parse(JSON.stringify(cookie)), written: String(cookie) };
  };
  return acts.map((act) => {
    try {
      return perform(act);
    } catch {
      return "refused";
    }
  });
}
