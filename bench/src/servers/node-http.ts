import { createReadStream, statSync } from "node:fs";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer, json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { announce, requestedApp } from "./announce.ts";
import { cert, key } from "./certificate.ts";
import { benchFile, fileSizes } from "./files.ts";
import { body64k, repeated } from "./handlers.ts";

/** The plainest use of Node's own server, with the same header fields as the others send. */
const apps = {
  hello: (_request, response) => text(response, "Bun!"),

  "hello-tls": (_request, response) => text(response, "Bun!"),

  routed: (request, response) => {
    const match = /^\/users\/([^/?]+)(?:\?|$)/.exec(request.url ?? "");
    if (match === null) notFound(response);
    else text(response, `user ${decodeURIComponent(match[1]!)}`);
  },

  json: async (request, response) => {
    const value = await json(request);
    response.setHeader("content-type", "application/json;charset=utf-8");
    response.end(JSON.stringify(value));
  },

  "body-64k": (_request, response) => text(response, body64k),

  upload: async (request, response) => text(response, `${(await buffer(request)).length}`),

  stream: (_request, response) => {
    Readable.from(repeated()).pipe(response);
  },

  file: async (request, response) => {
    const bytes = fileSizes[request.url ?? ""];
    if (bytes === undefined) return notFound(response);
    const path = benchFile(bytes);
    response.setHeader("content-type", "application/octet-stream");
    response.setHeader("content-length", statSync(path).size);
    // A client that goes away is an error here, but not the server's.
    await pipeline(createReadStream(path), response).catch(() => {});
  },
} satisfies Record<string, RequestListener>;

function text(response: ServerResponse, content: string): void {
  response.setHeader("content-type", "text/plain;charset=utf-8");
  response.end(content);
}

function notFound(response: ServerResponse): void {
  response.statusCode = 404;
  text(response, "not found");
}

const app = requestedApp(Object.keys(apps) as (keyof typeof apps)[]);
const server = app.endsWith("-tls") ? createTlsServer({ cert, key }, apps[app]) : createServer(apps[app]);
server.listen(0, "127.0.0.1", () => announce((server.address() as AddressInfo).port));
