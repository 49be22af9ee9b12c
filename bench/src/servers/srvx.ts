import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageFolder, srvx } from "../cache.ts";
import { announce, requestedApp } from "./announce.ts";
import { type HandlerApp, handlers } from "./handlers.ts";

/** srvx for Node.js, with the faster `Response` that it brings in place of the platform's. */
interface Srvx {
  readonly FastResponse: typeof Response;
  serve(options: {
    readonly fetch: (request: Request) => Response | Promise<Response>;
    readonly hostname: string;
    readonly port: number;
    readonly silent: boolean;
  }): { ready(): Promise<{ readonly url?: string }> };
}

const { serve, FastResponse } = (await import(
  pathToFileURL(join(packageFolder(srvx), "dist/adapters/node.mjs")).href
)) as Srvx;
globalThis.Response = FastResponse;
const fetch = handlers[requestedApp(Object.keys(handlers) as HandlerApp[])];
const server = await serve({ fetch, hostname: "127.0.0.1", port: 0, silent: true }).ready();
announce(Number(new URL(server.url ?? "").port));
