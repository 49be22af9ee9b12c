import type { WebSocketHandler } from "./websocket.ts";

/** The name of the method by which a route's value mounts itself. Copies of the package share it. */
export const MOUNT: unique symbol = Symbol.for("mantou.mount") as never;

/** What `development` says about pages. */
export interface PageDevelopment {
  /** Modules are replaced in open pages when their files change. Default true. */
  readonly hmr: boolean;
  /** The browser's console is printed in the terminal, too. Default false. */
  readonly console: boolean;
  /** Chrome DevTools may learn the folder of the sources. Default true. */
  readonly workspace: boolean;
}

/** What a mounted value needs of its server. There is one for each server. */
export interface MountHost {
  /** The server that `serve()` returns. */
  readonly server: object;
  /** Null in production. */
  readonly development: PageDevelopment | null;
  /** Calls back once, when the server has been told to stop: at once if it has been. */
  onStop(callback: () => void): void;
}

// biome-ignore lint/suspicious/noExplicitAny: the types of a handler's parameters are checked where it is written
type MountedHandler = (this: any, request: any, server: any) => unknown;

/** A route that comes with a mounted value, for every method. */
export interface MountedRoute {
  readonly handler: MountedHandler;
  /** The handlers for the WebSockets of the route. */
  readonly websocket?: WebSocketHandler<never>;
}

/** A value that has been mounted on a server. */
export interface Mounted {
  /** Responds to the requests of the value's own route, and of handlers that return the value. */
  readonly handler: MountedHandler;
  /** Further routes by pattern, such as those of a page's assets. They replace routes of the same pattern. */
  readonly routes: Readonly<Record<string, MountedRoute>>;
  /** Called when the value stands in a server's routes, before the first request. */
  start?(): void;
}

/** A route's value that needs more than the path of its route. A handler may return it, too. */
export interface Mountable {
  /**
   * Called for each set of routes that has the value, so again by `reload`.
   * @throws an error that `serve()` throws
   */
  [MOUNT](host: MountHost): Mounted;
}
