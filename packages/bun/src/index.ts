/**
 * The module `"bun"`, as far as it belongs to `Bun.serve`: `mantou` and `@mantou/bun/register` put it in that name's place. The light
 * `Request`, `Response`, `Headers` and `fetch` become the globals, as with `@mantou/serve`. The global `Bun` is
 * `@mantou/bun/register`'s.
 */
export * from "./global/bun.ts";
export { default } from "./global/bun.ts";
export type { HashInput } from "./global/crypto-hasher.ts";
export type { GlobScanOptions } from "./global/glob.ts";
