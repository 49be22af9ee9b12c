import { request } from "../client.ts";
import { AreaBuilder } from "../scenario.ts";

const hello = () => new Response("hello");

export const development: AreaBuilder = new AreaBuilder("development")
  .add(
    "development error page",
    () => ({
      development: true,
      fetch() {
        throw new Error("shown");
      },
    }),
    async (c) => {
      const http = c.connect().write(request("GET /", ["Accept: text/html"]));
      await http.outline();
    },
  )
  .add(
    "development error page when error throws",
    () => ({
      development: true,
      fetch() {
        throw new Error("first");
      },
      error() {
        throw new Error("second");
      },
    }),
    async (c) => {
      const http = c.connect().write(request("GET /", ["Accept: text/html"]));
      await http.outline();
    },
  )
  .add(
    "development without a response",
    () => ({ development: true, fetch: (() => undefined) as unknown as () => Response }),
    async (c) => {
      const http = c.connect().write(request("GET /", ["Accept: text/html"]));
      await http.outline();
    },
  )
  .add(
    "development responds as usual",
    () => ({ development: true, fetch: hello }),
    async (c) => c.ask("GET /"),
  );
