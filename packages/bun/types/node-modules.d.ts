// biome-ignore-all lint/suspicious/noExplicitAny: as the types of the platform have it
/**
 * The interfaces of Node.js's modules, with what Bun's globals add to them. A module may be declared as "url", with "node:url" as its second name, or the other way round: it depends on the version
 * of `@types/node`. Only an augmentation reaches the interface behind either name, and only a file that is a module can have one.
 */
export {};

declare module "stream/web" {
  interface ReadableStream<R = any> extends BunStreamMethods {}
}

declare module "buffer" {
  interface Blob extends BunBlobMethods {}
}

declare module "url" {
  interface URLSearchParams extends BunSearchParamsMembers {}
}

declare module "crypto" {
  namespace webcrypto {
    interface Crypto extends BunCryptoMethods {}
  }
}
