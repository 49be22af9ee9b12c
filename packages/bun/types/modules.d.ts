declare module "bun" {
  export * from "@mantou/bun";
  export { default } from "@mantou/bun";

  /** The name that `bun-types` has for the request of a route. */
  export type BunRequest<Path extends string = string> = import("@mantou/bun").RouteRequest<Path>;

  /** The names that `bun-types` has for the types of servers. */
  export namespace Serve {
    type Options<WebSocketData = undefined, R extends string = string> = import("@mantou/bun").ServeOptions<
      WebSocketData,
      R
    >;
    type Routes<WebSocketData = undefined, R extends string = string> = import("@mantou/bun").Routes<
      R,
      WebSocketData,
      Response
    >;
    type HTTPMethod = "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "HEAD" | "OPTIONS";
  }
}

declare module "bun:sqlite" {
  export * from "@mantou/bun/sqlite";
  export { default } from "@mantou/bun/sqlite";
}
