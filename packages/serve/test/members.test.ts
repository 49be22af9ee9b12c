import { describe, expect, it } from "vitest";
import type { Server } from "../src/api/server.ts";
import { membersOf } from "./support/members.ts";
import { start } from "./support/servers.ts";

/** The keys of a type. A name that is missing here, or that the type has not, is an error of the compiler. */
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
});

describe("objects that users hold have only documented members", () => {
  it("a server", () => {
    expect(membersOf(start({ fetch: () => new Response("x") }))).toEqual(
      [...SERVER, "constructor", String(Symbol.dispose), String(Symbol.asyncDispose)].sort(),
    );
  });
});
