import { createRequire } from "node:module";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fastify, packageFolder } from "../cache.ts";
import { announce, requestedApp } from "./announce.ts";
import { cert, key } from "./certificate.ts";
import { apiRoutes, body64k, repeated } from "./handlers.ts";

/** As its documentation has it, but for the limit of a body, which an upload of 1 MiB would just reach. */
interface Fastify {
  readonly server: Server;
  get(path: string, handler: Handler): void;
  post(path: string, handler: Handler): void;
  addContentTypeParser(
    type: string,
    options: { readonly parseAs: "buffer" },
    parse: (request: unknown, body: Buffer, done: (error: null, body: Buffer) => void) => void,
  ): void;
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
}
type Handler = (request: Asked, reply: Reply) => unknown;
interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
}
interface Reply {
  type(value: string): Reply;
  send(content: unknown): Reply;
}

const apps: Readonly<Record<string, (app: Fastify) => void>> = {
  hello: (app) => app.get("/", () => "Bun!"),
  "hello-tls": (app) => app.get("/", () => "Bun!"),
  routed: (app) => app.get("/users/:id", ({ params }) => `user ${params["id"]}`),
  "routed-500": (app) => {
    for (const route of apiRoutes) app.get(route, ({ params }) => `item ${params["id"]}`);
  },
  json: (app) => app.post("/", ({ body }) => body),
  "body-64k": (app) => app.get("/", () => body64k),
  upload: (app) => {
    const parse = { parseAs: "buffer" } as const;
    app.addContentTypeParser("application/octet-stream", parse, (_request, body, done) => done(null, body));
    app.post("/", ({ body }) => `${(body as Buffer).length}`);
  },
  stream: (app) => app.get("/", (_request, reply) => reply.send(Readable.from(repeated()))),
};

const folder = packageFolder(fastify);
const create = createRequire(join(folder, "package.json"))(folder) as (options: object) => Fastify;
const name = requestedApp(Object.keys(apps));
const app = create({
  bodyLimit: 2 * 2 ** 20,
  ...(name === "hello-tls" ? { https: { cert, key } } : {}),
});
apps[name]?.(app);
await app.listen({ host: "127.0.0.1", port: 0 });
announce((app.server.address() as AddressInfo).port);
