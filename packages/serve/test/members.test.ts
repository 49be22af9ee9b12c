import { membersOf, staticsOf } from "@mantou/testing/members";
import { ask } from "@mantou/testing/raw-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SocketAddress } from "../src/api/network.ts";
import type { Server } from "../src/api/server.ts";
import type { ServerWebSocket } from "../src/api/websocket.ts";
import { Cookie } from "../src/cookies/cookie.ts";
import { CookieMap } from "../src/cookies/cookie-map.ts";
import { install, uninstall } from "../src/fetch/globals.ts";
import { platform } from "../src/fetch/platform.ts";
import { type BunFile, file, Headers, Response } from "../src/plain.ts";
import { start } from "./support/servers.ts";
import { pair } from "./support/websocket-pair.ts";

/** The keys of a type. The compiler refuses a list that has not all of them, or others. */
function keysOf<T>(keys: Record<Extract<keyof T, string>, true>): string[] {
  return Object.keys(keys);
}

const SERVER = keysOf<Server>({
  stop: true,
  closeIdleConnections: true,
  reload: true,
  fetch: true,
  upgrade: true,
  publish: true,
  subscriberCount: true,
  requestIP: true,
  peerCertificate: true,
  timeout: true,
  earlyHints: true,
  abort: true,
  ref: true,
  unref: true,
  pendingRequests: true,
  pendingWebSockets: true,
  pendingWebsockets: true,
  url: true,
  address: true,
  port: true,
  hostname: true,
  protocol: true,
  development: true,
  id: true,
  topics: true,
  ready: true,
});

const WEBSOCKET = keysOf<ServerWebSocket>({
  send: true,
  sendText: true,
  sendBinary: true,
  close: true,
  terminate: true,
  ping: true,
  pong: true,
  publish: true,
  publishText: true,
  publishBinary: true,
  subscribe: true,
  unsubscribe: true,
  isSubscribed: true,
  subscriptions: true,
  cork: true,
  remoteAddress: true,
  readyState: true,
  pause: true,
  resume: true,
  isPaused: true,
  binaryType: true,
  data: true,
  getBufferedAmount: true,
});

/** `Bun.file`'s, and `textStream`, which Blobs of Node.js 24 have. */
const FILE = keysOf<BunFile>({
  size: true,
  type: true,
  name: true,
  lastModified: true,
  exists: true,
  slice: true,
  stream: true,
  bytes: true,
  arrayBuffer: true,
  text: true,
  textStream: true,
  json: true,
  stat: true,
  delete: true,
  unlink: true,
  write: true,
  writer: true,
  formData: true,
});

/** Bun's `CookieMap`. */
const COOKIE_MAP = keysOf<CookieMap>({
  get: true,
  has: true,
  set: true,
  delete: true,
  toSetCookieHeaders: true,
  toJSON: true,
  size: true,
  entries: true,
  keys: true,
  values: true,
  forEach: true,
});

/** Bun's `Cookie`. */
const COOKIE = keysOf<Cookie>({
  name: true,
  value: true,
  domain: true,
  path: true,
  expires: true,
  secure: true,
  sameSite: true,
  partitioned: true,
  maxAge: true,
  httpOnly: true,
  isExpired: true,
  serialize: true,
  toString: true,
  toJSON: true,
});

/** The Fetch standard's mixin "Body", and `textStream`, which Node.js 26 has. */
const BODY = ["body", "bodyUsed", "text", "textStream", "json", "bytes", "arrayBuffer", "blob", "formData"];
/** The Fetch standard's. */
const RESPONSE = [...BODY, "type", "url", "redirected", "status", "ok", "statusText", "headers", "clone"];
/** The Fetch standard's, and `duplex`, which Node.js has. */
const REQUEST = [
  ...BODY,
  ...["method", "url", "headers", "signal", "clone", "cache", "credentials", "destination", "duplex"],
  ...["integrity", "keepalive", "isReloadNavigation", "isHistoryNavigation", "mode", "redirect"],
  ...["referrer", "referrerPolicy"],
];
/** Bun's additions to a request. */
const RECEIVED = ["cookies", "params"];
/** The Fetch standard's, and those of Bun. */
const HEADERS = [
  ...["append", "set", "delete", "get", "has", "getSetCookie", "forEach", "entries", "keys", "values"],
  ...["getAll", "count", "toJSON", String(Symbol.iterator)],
];
/** So that `instanceof` holds for the platform's, too. */
const HAS_INSTANCE = String(Symbol.hasInstance);

/** What a handler gets for one request, and a clone of it. */
async function received(): Promise<readonly Request[]> {
  const requests: Request[] = [];
  const server = start({
    fetch(request) {
      requests.push(request, request.clone());
      return new Response("x") as globalThis.Response;
    },
  });
  await ask(server, "POST /", ["Content-Length: 1"], "x");
  expect(requests).toHaveLength(2);
  return requests;
}

describe("what users hold has only documented members:", () => {
  beforeEach(uninstall);
  afterEach(install);

  it("a server", () => {
    const server = start({ fetch: () => new Response("x") as globalThis.Response });
    const disposal = [String(Symbol.dispose), String(Symbol.asyncDispose)];
    expect(membersOf(server)).toEqual([...SERVER, ...disposal].sort());
    expect(Reflect.ownKeys(server)).toEqual([]);
    expect(staticsOf(server.constructor)).toEqual([]);
    expect(membersOf(server.address as object)).toEqual(
      keysOf<SocketAddress>({ address: true, port: true, family: true }).sort(),
    );
  });

  it("a WebSocket", async () => {
    const { ws } = await pair();
    expect(membersOf(ws)).toEqual([...WEBSOCKET].sort());
    expect(Reflect.ownKeys(ws)).toEqual(["data"]);
    expect(staticsOf(ws.constructor)).toEqual([]);
  });

  it("a response", () => {
    expect(membersOf(new Response("x"), platform.Response.prototype)).toEqual([...RESPONSE].sort());
    expect(Reflect.ownKeys(new Response("x"))).toEqual([]);
    expect(staticsOf(Response)).toEqual(["error", "json", "redirect", HAS_INSTANCE].sort());
  });

  it("headers", () => {
    expect(membersOf(new Headers(), platform.Headers.prototype)).toEqual([...HEADERS].sort());
    expect(Reflect.ownKeys(new Headers({ a: "1" }))).toEqual([]);
    expect(staticsOf(Headers)).toEqual([HAS_INSTANCE]);
  });

  it("a file", () => {
    expect(membersOf(file("x"), Blob.prototype)).toEqual([...FILE].sort());
    expect(Reflect.ownKeys(file("x"))).toEqual([]);
    expect(staticsOf(file("x").constructor)).toEqual([]);
  });

  it("cookies", () => {
    expect(membersOf(new CookieMap())).toEqual([...COOKIE_MAP, String(Symbol.iterator)].sort());
    expect(Reflect.ownKeys(new CookieMap("a=1"))).toEqual([]);
    expect(staticsOf(CookieMap)).toEqual([]);
    expect(membersOf(new Cookie("a", "1"))).toEqual([...COOKIE].sort());
    expect(staticsOf(Cookie)).toEqual(["from", "parse"]);
  });

  describe("a request", () => {
    it("of the platform's", async () => {
      // Node.js keeps some of its state under symbols.
      const { signal } = new AbortController();
      const own = membersOf(new platform.Request("http://a/", { signal }), platform.Request.prototype);
      const documented = new Set([...REQUEST, ...RECEIVED, ...own]);
      for (const request of await received()) {
        const members = membersOf(request, platform.Request.prototype);
        expect(members.filter((name) => !documented.has(name))).toEqual([]);
        expect(members).toEqual(expect.arrayContaining(RECEIVED));
      }
    });

    it("of ours, once the globals are", async () => {
      install();
      for (const request of await received()) {
        expect(membersOf(request, platform.Request.prototype)).toEqual([...REQUEST, ...RECEIVED].sort());
        expect(Reflect.ownKeys(request)).toEqual([]);
      }
      expect(staticsOf(globalThis.Request)).toEqual(staticsOf(platform.Request));
      // Copies of the package find each other by a symbol.
      const copies = String(Symbol.for("mantou.globals"));
      expect(staticsOf(globalThis.Response)).toEqual(
        ["error", "json", "redirect", HAS_INSTANCE, copies].sort(),
      );
      expect(staticsOf(globalThis.Headers)).toEqual([HAS_INSTANCE, copies].sort());
    });
  });
});
