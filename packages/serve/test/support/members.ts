/** Every JavaScript object and class has these; by the last, Node.js asks what `console.log` shows. */
const OF_THE_LANGUAGE: readonly PropertyKey[] = [
  "constructor",
  Symbol.toStringTag,
  Symbol.for("nodejs.util.inspect.custom"),
];

/**
 * What an object shows at runtime: the keys of itself and of its prototypes, in order.
 * @param end the prototype that is somebody else's, such as the platform's: what it and those above it have is left out
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

/** What a class shows besides what every class has. */
export function staticsOf(type: object): string[] {
  const always: readonly PropertyKey[] = ["length", "name", "prototype"];
  return Reflect.ownKeys(type)
    .filter((key) => !always.includes(key))
    .map(String)
    .sort();
}
