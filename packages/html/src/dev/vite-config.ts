import { EventEmitter } from "node:events";
import type { Server } from "node:http";
import { relative, sep } from "node:path";
import type { PageDevelopment } from "@mantou/serve/hosting";
import type { InlineConfig, Plugin, ResolvedConfig } from "vite";
import { knownPages } from "../known-pages.ts";
import { sharedPlugins } from "../plugins/shared.ts";
import type { Root } from "../root.ts";
import { failedModules } from "./failed-modules.ts";
import type { HotSockets } from "./hot-sockets.ts";

type Vite = typeof import("vite");

/** Without `debug`, which browsers do not show either, and by which Vite's client tells of itself. */
const LEVELS = ["error", "warn", "info", "log"] as const;

/** The configuration of Vite for pages in development, on top of the project's own. */
export async function devConfig(
  vite: Vite,
  root: Root,
  sockets: HotSockets,
  { hmr, console }: PageDevelopment,
): Promise<InlineConfig> {
  return {
    root: root.folder,
    base: root.base,
    appType: "custom",
    mode: "development",
    clearScreen: false,
    plugins: [
      await sharedPlugins(vite, root, "serve"),
      silentConsole,
      failedModules((id) => sockets.hasFailed(id)),
    ],
    // Otherwise each HTML file below the folder is one that dependencies are looked for in.
    optimizeDeps: { entries: [...knownPages(root)].map((page) => asPattern(relative(root.folder, page))) },
    server: {
      middlewareMode: true,
      ...(hmr ? {} : { hmr: false }),
      // Vite takes a server that is given for one whose port is the page's. It only listens for `upgrade`, which never happens.
      ws: { server: new EventEmitter() as unknown as Server },
      ...(console ? { forwardConsole: { unhandledErrors: true, logLevels: [...LEVELS] } } : {}),
    },
    environments: {
      client: {
        dev: {
          createEnvironment: (name: string, config: ResolvedConfig, { ws }) => {
            const environment = new vite.DevEnvironment(name, config, { hot: true, transport: sockets });
            // Plugins use this older name of the channel.
            const { hot } = environment;
            Object.assign(ws, { send: hot.send.bind(hot), on: hot.on.bind(hot), off: hot.off.bind(hot) });
            return environment;
          },
        },
      },
    },
  };
}

/** A page may be called `[id].html`. */
function asPattern(path: string): string {
  return path
    .split(sep)
    .join("/")
    .replace(/[\\()[\]{}!*+?@|]/g, "\\$&");
}

/** Without a word of the project, the browser's console stays there. */
const silentConsole: Plugin = {
  name: "mantou:console",
  config: ({ server }) =>
    server?.forwardConsole === undefined ? { server: { forwardConsole: false } } : undefined,
};
