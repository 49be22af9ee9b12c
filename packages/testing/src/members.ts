/** Every JavaScript object and class has these. Node.js calls the last one for `console.log`. */
const OF_THE_LANGUAGE: readonly PropertyKey[] = [
  "constructor",
  Symbol.toStringTag,
  Symbol.for("nodejs.util.inspect.custom"),
];

/**
 * The members that an object shows at runtime: its own keys and those of its prototypes, in order.
 * @param end a prototype that is not ours, such as the platform's: its members and those above it are left out
 */
export function membersOf(value: object, end: object = Object.prototype): string[] {
  const names = new Set<string>();
  for (
    let object = value;
    object !== null && object !== end;
    object = Object.getPrototypeOf(object) as object
  ) {
    for (const key of Reflect.ownKeys(object)) if (!OF_THE_LANGUAGE.includes(key)) names.add(String(key));
  }
  return [...names].sort();
}

/** The static members of a class besides those that every class has. */
export function staticsOf(type: object): string[] {
  const always: readonly PropertyKey[] = ["length", "name", "prototype"];
  return Reflect.ownKeys(type)
    .filter((key) => !always.includes(key))
    .map(String)
    .sort();
}
