import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

type Additions = Readonly<Record<string, unknown>>;

/** What a later version of the language has, by the object that has it and the module that brings it. */
const additions: readonly (readonly [holder: () => object, module: string, names: readonly string[]])[] = [
  [() => Promise, "promises", ["withResolvers", "try"]],
  [() => Array, "collections", ["fromAsync"]],
  [() => Object, "collections", ["groupBy"]],
  [() => Map, "collections", ["groupBy"]],
  [() => Map.prototype, "collections", ["getOrInsert", "getOrInsertComputed"]],
  [() => WeakMap.prototype, "collections", ["getOrInsert", "getOrInsertComputed"]],
  [
    () => Set.prototype,
    "sets",
    [
      "union",
      "intersection",
      "difference",
      "symmetricDifference",
      "isSubsetOf",
      "isSupersetOf",
      "isDisjointFrom",
    ],
  ],
  [() => globalThis, "iterators", ["Iterator"]],
  [
    () => iteratorPrototype,
    "iterators",
    ["map", "filter", "take", "drop", "flatMap", "reduce", "toArray", "forEach", "some", "every", "find"],
  ],
  [() => RegExp, "texts", ["escape"]],
  [() => Error, "texts", ["isError"]],
  [() => Uint8Array, "texts", ["fromBase64", "fromHex"]],
  [() => Uint8Array.prototype, "texts", ["toBase64", "toHex"]],
];

/** The prototype of every iterator of the language. */
const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;

/**
 * Bun's engine is newer than that of Node.js 20, 22 and 24. Each name that is missing gets an accessor, which loads what stands
 * behind it at the first use: a start costs a look at the table.
 */
export function addToLanguage(): void {
  for (const [find, module, names] of additions) {
    const holder = find();
    for (const name of names) if (!Object.hasOwn(holder, name)) addLazily(holder, module, name);
  }
}

function addLazily(holder: object, module: string, name: string): void {
  const set = (value: unknown): void => {
    Object.defineProperty(holder, name, { value, writable: true, configurable: true, enumerable: false });
  };
  Object.defineProperty(holder, name, {
    configurable: true,
    enumerable: false,
    set,
    get() {
      const { additionsTo } = require(`./language-${module}.js`) as {
        additionsTo: (holder: object) => Additions;
      };
      const value = additionsTo(holder)[name];
      set(value);
      return value;
    },
  });
}
