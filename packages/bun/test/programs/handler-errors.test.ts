import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

describe("an error of a handler", () => {
  itRunsAsOnBun([
    {
      name: "names method and path in the log, also for thrown text",
      files: {
        "main.ts": `
          const server = Bun.serve({
            port: 0,
            development: false,
            routes: { "/users/:id": { PUT() { throw "text"; } } },
            async fetch() { throw new RangeError("boom"); },
            websocket: { message() { throw new Error("in a message"); } },
          });
          const put = await fetch(new URL("/users/1?token=secret", server.url), { method: "PUT" });
          const get = await fetch(new URL("/other", server.url));
          console.log(put.status, get.status);
          await server.stop(true);
          process.exit();`,
      },
      prints: "500 500",
      complains: /^PUT \/users\/1 \(route \/users\/:id\): text\nGET \/other: RangeError: boom\n/,
    },
  ]);
});
