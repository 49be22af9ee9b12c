/** The properties that `Bun.inspect` shows, and of which objects. */

type Properties = [key: string | symbol, descriptor: PropertyDescriptor][];

/** With `sorted`, Bun shows what `Object.keys` has. */
export function sortedProperties(value: object): Properties {
  return Object.keys(value)
    .sort()
    .map((key) => [key, Object.getOwnPropertyDescriptor(value, key)!]);
}

/** Those of the object and of its prototypes, methods and what is not enumerable among them; each name once, and symbols behind the names. */
export function allProperties(value: object): Properties {
  const found = new Map<string | symbol, PropertyDescriptor>();
  for (let holder: object | null = value; holder !== null && holder !== Object.prototype; ) {
    for (const key of Reflect.ownKeys(holder))
      if (!HIDDEN.has(key) && !found.has(key)) found.set(key, Object.getOwnPropertyDescriptor(holder, key)!);
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  const all = [...found];
  return [
    ...all.filter(([key]) => typeof key === "string"),
    ...all.filter(([key]) => typeof key === "symbol"),
  ];
}

const HIDDEN: ReadonlySet<string | symbol> = new Set<string | symbol>(["constructor", Symbol.toStringTag]);

/** An object whose properties say everything: a plain one, or one of a class that the program has. */
export function isShown(value: object): boolean {
  const { constructor: type } = value as { constructor: unknown };
  if (typeof type === "function" && type !== Object) return isOfProgram(type, value);
  return Object.prototype.toString.call(value) === "[object Object]";
}

function isOfProgram(type: { readonly name: string }, value: object): boolean {
  if (Function.prototype.toString.call(type).includes("[native code]")) return false;
  const isGlobal = (globalThis as Readonly<Record<string, unknown>>)[type.name] === type;
  return !isGlobal || Object.prototype.toString.call(value) === "[object Object]";
}

/** What stands in front of the properties: the class, if it is not that of plain objects. */
export function nameOf(value: object): string {
  if (Object.getPrototypeOf(value) === null) return "[Object: null prototype]";
  const type: unknown = value.constructor;
  return typeof type !== "function" || type === Object ? "" : type.name;
}
