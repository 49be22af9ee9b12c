/** The string keys and symbols of an object and of its prototypes, those of the language itself left out. */
export function membersOf(value: object): string[] {
  const names = new Set<string>();
  for (let object: object | null = value; object !== null; object = Object.getPrototypeOf(object) as object) {
    if (object === Object.prototype || object === Function.prototype) break;
    for (const key of Reflect.ownKeys(object)) names.add(String(key));
  }
  return [...names].sort();
}
