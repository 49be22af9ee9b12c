/** The folders in `libraries/`: programs over a library, each with a client that uses the library's own. */
export const LIBRARIES: readonly string[] = [
  "elysia",
  "hono",
  "srvx",
  "crossws",
  "socket-io",
  "trpc",
  "graphql",
  "better-auth",
];
