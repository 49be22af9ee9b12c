import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { announce, requestedApp } from "./announce.ts";

/** The plainest use of Node's own server, with the same header fields as the others send. */
const apps: Record<"hello" | "routed", RequestListener> = {
  hello: (_request, response) => {
    response.setHeader("content-type", "text/plain;charset=utf-8");
    response.end("Bun!");
  },
  routed: (request, response) => {
    response.setHeader("content-type", "text/plain;charset=utf-8");
    const match = /^\/users\/([^/?]+)(?:\?|$)/.exec(request.url ?? "");
    if (match === null) {
      response.statusCode = 404;
      response.end("not found");
    } else {
      response.end(`user ${decodeURIComponent(match[1]!)}`);
    }
  },
};

const server = createServer(apps[requestedApp(["hello", "routed"])]);
server.listen(0, "127.0.0.1", () => announce((server.address() as AddressInfo).port));
