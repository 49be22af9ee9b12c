import type { Program } from "./program.ts";

/** A server that only responds, and that dies on request: tests check that its death is seen. */
export const program: Program = {
  options: { fetch: () => new Response("ok") },
  reply: (question) => {
    if (question === "reject") setImmediate(() => void Promise.reject(new Error("on purpose")));
  },
};
