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
    {
      name: "for a body that has been used has Bun's code",
      files: {
        "main.ts": `
          const codes: unknown[] = [];
          const use = async (call: () => unknown) => { try { await call(); codes.push("none"); } catch (error: any) { codes.push(error.name, error.code); } };
          const used = new Response("used");
          await used.text();
          const server = Bun.serve({
            port: 0,
            async fetch(request) {
              if (request.method === "GET") return used;
              await request.json();
              for (const name of ["text", "json", "bytes", "clone"] as const) await use(() => request[name]());
              return new Response();
            },
            error(error) { codes.push(error.code); return new Response("", { status: 500 }); },
          });
          await fetch(server.url, { method: "POST", body: "{}" });
          await fetch(server.url);
          for (const name of ["text", "arrayBuffer", "clone"] as const) await use(() => used[name]());
          console.log([...new Set(codes)].join(), codes.length);
          await server.stop(true);
          process.exit();`,
      },
      prints: "TypeError,ERR_BODY_ALREADY_USED 15",
    },
  ]);
});
