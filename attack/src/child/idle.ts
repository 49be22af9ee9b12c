import type { Program } from "./program.ts";

/** A server that does nothing but answer; and dies when it is asked to, so that it can be tested that this is seen. */
export const program: Program = {
  options: { fetch: () => new Response("ok") },
  answer: (question) => {
    if (question === "reject") setImmediate(() => void Promise.reject(new Error("on purpose")));
  },
};
