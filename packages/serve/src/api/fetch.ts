/**
 * Names of the Fetch standard for types that the platform has without naming them all. They are derived from its
 * constructors, so that they are the same whether a program is compiled with Node.js's types or the browser's.
 */
export type HeadersInit = NonNullable<ConstructorParameters<typeof globalThis.Headers>[0]>;
export type BodyInit = NonNullable<ConstructorParameters<typeof globalThis.Response>[0]>;
export type RequestInput = Parameters<typeof globalThis.fetch>[0];
/** What iterates over headers: of each set of types its own kind of iterator. */
export type HeadersEntries = ReturnType<globalThis.Headers["entries"]>;
export type HeadersKeys = ReturnType<globalThis.Headers["keys"]>;
