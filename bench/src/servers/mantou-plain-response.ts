import { Response, serve } from "@mantou/serve/plain";
import { announce, requestedApp } from "./announce.ts";

/** The apps of a program that leaves the globals alone and imports our `Response`: the request is the platform's, the response is not. */

const handlers = {
  hello: () => new Response("Bun!"),
  json: async (request: Request) => Response.json(await request.json()),
};

const app = requestedApp(["hello", "json"]);
announce(serve({ port: 0, hostname: "127.0.0.1", fetch: handlers[app] }).port ?? 0);
