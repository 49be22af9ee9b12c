import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { afterEach, describe, expect, it } from "vitest";
import { MOUNT, type Mountable, type MountHost } from "../../src/api/mount.ts";
import type { HTMLBundle } from "../../src/api/routes.ts";
import type { Server } from "../../src/api/server.ts";
import { declareMountable, setMountAdopter } from "../../src/routing/mounts.ts";
import { start } from "../support/servers.ts";

const { take } = captureErrors();

const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0)) each();
});

interface TestPage extends Mountable, HTMLBundle {
  readonly hosts: MountHost[];
  started: number;
}

/** A page that says its name, with one asset and a WebSocket that echoes. */
function page(name: string): TestPage {
  const hosts: MountHost[] = [];
  const result: TestPage = {
    index: name,
    hosts,
    started: 0,
    [MOUNT](host) {
      hosts.push(host);
      return {
        handler: (request: Request) =>
          new Response(`${name} ${request.method} ${new URL(request.url).pathname}`),
        start: () => {
          result.started++;
        },
        routes: {
          "/_assets/*": { handler: () => new Response(`asset of ${name}`) },
          "/_socket": {
            handler: (request: Request, server: Server) =>
              server.upgrade(request) ? undefined : new Response("no handshake", { status: 403 }),
            websocket: { message: (ws, data) => void ws.send(`${name}: ${data}`) },
          },
        },
      };
    },
  };
  return result;
}

describe("a value that mounts itself", () => {
  it("responds at its route, by method too, with its further routes in front of wildcards", async () => {
    const [all, own] = [page("all"), page("own")];
    const server = start({
      routes: { "/*": all, "/form": { GET: own, POST: () => new Response("posted") } },
    });
    expect((await ask(server, "GET /deep/link")).text).toBe("all GET /deep/link");
    expect((await ask(server, "GET /form")).text).toBe("own GET /form");
    expect((await ask(server, "POST /form")).text).toBe("posted");
    expect((await ask(server, "DELETE /form")).text).toBe("all DELETE /form");
    for (const method of ["GET", "POST"])
      expect((await ask(server, `${method} /_assets/a.js`)).text).toBe("asset of own");
    expect([all.started, own.started]).toEqual([1, 1]);
  });

  it("has WebSockets of its own, also on a server without any", async () => {
    const server = start({ routes: { "/": page("p") } });
    expect((await ask(server, "GET /_socket")).status).toBe(403);
    const socket = await RawWebSocket.open(server, { path: "/_socket" });
    expect(await socket.text("hello").texts(1)).toEqual(["p: hello"]);
    expect((await socket.close(1000).closing()).code).toBe(1000);
  });

  it("gets one host for each server, with what `development` says, and hears that it stops", async () => {
    const shown = page("p");
    const development = { hmr: false, console: true };
    const server = start({ development, routes: { "/": shown } });
    server.reload({ routes: { "/again": shown } });
    expect(shown.hosts[1]).toBe(shown.hosts[0]);
    expect(shown.hosts[0]!.server).toBe(server);
    expect(shown.hosts[0]!.development).toEqual({ hmr: false, console: true, workspace: true });
    start({ development: false, routes: { "/": shown } });
    expect(shown.hosts[2]!.development).toBeNull();
    let stops = 0;
    shown.hosts[0]!.onStop(() => void stops++);
    await server.stop();
    await server.stop(true);
    expect(stops).toBe(1);
    shown.hosts[0]!.onStop(() => void stops++);
    expect(stops).toBe(2);
  });

  it("may be returned by a handler, now or later, on a server without routes too", async () => {
    const shown = page("p");
    const server = start({ fetch: async () => shown });
    expect((await ask(server, "POST /login")).text).toBe("p POST /login");
    expect((await ask(server, "GET /_assets/x")).text).toBe("asset of p");
    const routed = start({ routes: { "/a/*": () => shown }, fetch: () => new Response("else") });
    expect((await ask(routed, "GET /a/b")).text).toBe("p GET /a/b");
    expect((await ask(routed, "GET /_assets/x")).text).toBe("asset of p");
    expect((await ask(routed, "GET /x")).text).toBe("else");
    expect(shown.started).toBe(0);
  });

  it("has its further routes compiled once, however often handlers return it", async () => {
    let compiled = 0;
    const counted: Mountable & HTMLBundle = {
      index: "counted",
      [MOUNT]: () => ({
        handler: () => new Response("counted"),
        routes: {
          "/_assets/*": {
            get handler() {
              compiled++;
              return () => new Response("asset");
            },
          },
        },
      }),
    };
    const kinds: Record<string, typeof counted>[] = [{}, { "/": counted }];
    for (const routes of kinds) {
      compiled = 0;
      const server = start({ routes, fetch: () => counted });
      for (const path of ["/a", "/b", "/c"]) expect((await ask(server, `GET ${path}`)).text).toBe("counted");
      expect((await ask(server, "GET /_assets/x")).text).toBe("asset");
      expect(compiled).toBe(1);
    }
  });

  it("has its further routes from the start if it is declared", async () => {
    const shown = page("p");
    undo.push(declareMountable(shown));
    const server = start({ fetch: () => new Response("else") });
    expect((await ask(server, "GET /_assets/x")).text).toBe("asset of p");
    expect((await ask(server, "GET /x")).text).toBe("else");
  });

  it("may throw when it is mounted: serve() and reload() throw that, a handler's request gets 500", async () => {
    const failing: Mountable & HTMLBundle = {
      index: "x",
      [MOUNT]: () => {
        throw new Error("no such page");
      },
    };
    expect(() => start({ routes: { "/": failing } })).toThrow("no such page");
    const server = start({ fetch: () => failing });
    expect(() => server.reload({ routes: { "/": failing } })).toThrow("no such page");
    expect((await ask(server, "GET /")).status).toBe(500);
    expect(String(take())).toContain("no such page");
  });

  it("is made of an object with an index, if something adopts those; else that is a TypeError", async () => {
    const manifest = { index: "./index.html", files: [] };
    expect(() => start({ routes: { "/": manifest } })).toThrow(
      /The route "\/" must be a Response, a file, a page/,
    );
    expect(() => start({ routes: { "/": { GET: manifest } } })).toThrow(/a file or a page for GET/);
    undo.push(setMountAdopter(({ index }) => page(index)));
    const server = start({ routes: { "/": manifest, "/by-method": { GET: manifest } } });
    expect((await ask(server, "GET /")).text).toBe("./index.html GET /");
    expect((await ask(server, "GET /by-method")).text).toBe("./index.html GET /by-method");
  });
});
