import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { clearTimeout, setTimeout } from "node:timers";
import type { Mounted, MountHost, PageDevelopment } from "@mantou/serve/hosting";
import { Response, type Server } from "@mantou/serve/plain";
import type { ViteDevServer } from "vite";
import { realPath } from "../real-path.ts";
import { fromRoot } from "../references.ts";
import type { Root } from "../root.ts";
import type { Site } from "../site.ts";
import { viteMiddleware } from "../vite-middleware.ts";
import { loadVite, withNodeEnv } from "../vite-peer.ts";
import { acceptHotSocket, type HotData, HotSockets } from "./hot-sockets.ts";
import { devConfig } from "./vite-config.ts";

const DEVTOOLS = "/.well-known/appspecific/com.chrome.devtools.json";
/** A transformation that takes longer is given up when the last server has stopped. */
const CLOSE_MS = 1000;
const LOOPBACK = /^(?:::ffff:)?127\.|^::1$/;
const LOCAL_NAME = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/;

interface Running {
  readonly vite: ViteDevServer;
  readonly bridge: (request: Request) => Promise<globalThis.Response>;
  /** Whether Vite may read the file of the URL, wherever links lead. */
  readonly mayLoad: (request: Request) => boolean;
}

/** The pages of a project in development: Vite transforms what they load when it is asked for, and tells open pages what has changed. */
export class DevSite implements Site {
  readonly #root: Root;
  readonly #development: PageDevelopment;
  readonly #sockets: HotSockets;
  readonly #hosts = new Set<MountHost>();
  readonly #left = new WeakSet<MountHost>();
  /** Null before the first request, and after the last server has stopped. */
  #running: Promise<Running> | null = null;

  constructor(root: Root, development: PageDevelopment) {
    this.#root = root;
    this.#sockets = new HotSockets(root.base);
    this.#development = development;
  }

  mount(page: string, host: MountHost): Mounted {
    return {
      handler: (request: Request) =>
        this.#serves(host) ? this.#page(page, request).catch(closedAsStopping) : stopping(),
      routes: {
        [`${this.#root.base}*`]: {
          handler: (request: Request, server: Server<HotData>) =>
            this.#serves(host) ? this.#asset(request, server) : stopping(),
          websocket: this.#sockets.websocket,
        },
        ...(this.#development.workspace ? { [DEVTOOLS]: { handler: describeWorkspace } } : {}),
      },
    };
  }

  /** Called for each request: a server that could not start has none. One that is stopping gets no Vite any more, which nothing would close. */
  #serves(host: MountHost): boolean {
    if (this.#hosts.has(host)) return true;
    if (this.#left.has(host)) return false;
    this.#hosts.add(host);
    // A server that is stopping calls back at once.
    host.onStop(() => this.#leave(host));
    return this.#hosts.has(host);
  }

  async #page(page: string, request: Request): Promise<Response> {
    const { vite } = await this.#run();
    const html = fromRoot(await readFile(page, "utf8"), page, this.#root);
    const url = `/${relative(this.#root.folder, page).split(sep).join("/")}`;
    const transformed = await vite.transformIndexHtml(encodeURI(url), html, new URL(request.url).pathname);
    return new Response(transformed, {
      headers: { "Content-Type": "text/html;charset=utf-8", "Cache-Control": "no-cache" },
    });
  }

  async #asset(request: Request, server: Server<HotData>): Promise<globalThis.Response | undefined> {
    const { vite, bridge, mayLoad } = await this.#run();
    if (!request.headers.has("upgrade"))
      return mayLoad(request) ? bridge(request) : new Response(null, { status: 403 });
    const { webSocketToken, server: options } = vite.config;
    const isAllowed = (host: string): boolean =>
      options.allowedHosts === true || options.allowedHosts.includes(host);
    return acceptHotSocket(request, server, webSocketToken, isAllowed);
  }

  #run(): Promise<Running> {
    if (this.#running !== null) return this.#running;
    const running = this.#start();
    this.#running = running;
    // The next request tries again: Vite may be installed by then, or its configuration mended.
    running.catch(() => {
      if (this.#running === running) this.#running = null;
    });
    return running;
  }

  async #start(): Promise<Running> {
    const vite = await loadVite(this.#root.folder);
    const config = await devConfig(vite, this.#root, this.#sockets, this.#development);
    const server = await withNodeEnv(undefined, () => vite.createServer(config));
    const mayLoad = (request: Request): boolean => {
      const path = decode(new URL(request.url).pathname.slice(this.#root.base.length));
      const file = this.#fileOf(path);
      return file === null || vite.isFileLoadingAllowed(server.config, vite.normalizePath(file));
    };
    return { vite: server, bridge: viteMiddleware(server), mayLoad };
  }

  /** The file that Vite takes a path for, wherever links lead: one of the project, or of the machine. */
  #fileOf(path: string): string | null {
    const [, absolute] = /^@(?:fs|id)\/(.*)/s.exec(path) ?? [];
    const inProject = absolute === undefined ? realPath(join(this.#root.folder, path)) : null;
    return inProject ?? realPath(join(sep, absolute ?? path));
  }

  /** What watches files would keep the process alive. */
  #leave(host: MountHost): void {
    this.#hosts.delete(host);
    this.#left.add(host);
    this.#sockets.closeFor(host.server);
    if (this.#hosts.size > 0) return;
    const running = this.#running;
    this.#running = null;
    running?.then(({ vite }) => close(vite)).catch(() => {});
  }
}

/** Vite transforms what a page will ask for next. */
async function close(vite: ViteDevServer): Promise<void> {
  let deadline: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    deadline = setTimeout(resolve, CLOSE_MS);
  });
  await Promise.race([vite.waitForRequestsIdle(), patience]);
  clearTimeout(deadline);
  // A module that is transformed meanwhile does not find others any more, which Vite would report.
  for (const { logger } of Object.values(vite.environments)) logger.error = () => {};
  await vite.close();
}

/** A page that is transformed when Vite is closed. */
function closedAsStopping(error: unknown): Response {
  if ((error as { code?: unknown } | null)?.code !== "ERR_CLOSED_SERVER") throw error;
  return stopping();
}

function stopping(): Response {
  return new Response("The server is stopping", { status: 503 });
}

/** As Bun does, for browsers on this machine only, and no page of another name that stands for this machine (DNS rebinding). */
function describeWorkspace(request: Request, server: Server): globalThis.Response {
  const isLocal = LOCAL_NAME.test(new URL(request.url).hostname);
  if (!isLocal || !LOOPBACK.test(server.requestIP(request)?.address ?? ""))
    return new Response(null, { status: 404 });
  const root = process.cwd();
  const digest = createHash("sha256").update(`${process.argv[1]}\0${root}`).digest("hex");
  const uuid = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
  return Response.json({ workspace: { root, uuid } });
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
