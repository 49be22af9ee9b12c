import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { relative, sep } from "node:path";
import type { Mounted, MountHost, PageDevelopment } from "@mantou/serve/hosting";
import { Response, type Server } from "@mantou/serve/plain";
import type { ViteDevServer } from "vite";
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

interface Running {
  readonly vite: ViteDevServer;
  readonly bridge: (request: Request) => Promise<globalThis.Response>;
}

/** The pages of a project in development: Vite transforms what they load when it is asked for, and tells open pages what has changed. */
export class DevSite implements Site {
  readonly #root: Root;
  readonly #development: PageDevelopment;
  readonly #sockets = new HotSockets();
  readonly #hosts = new Set<MountHost>();
  /** Null before the first request, and after the last server has stopped. */
  #running: Promise<Running> | null = null;

  constructor(root: Root, development: PageDevelopment) {
    this.#root = root;
    this.#development = development;
  }

  mount(page: string, host: MountHost): Mounted {
    if (!this.#hosts.has(host)) {
      this.#hosts.add(host);
      host.onStop(() => this.#leave(host));
    }
    return {
      handler: (request: Request) => this.#page(page, request),
      routes: {
        [`${this.#root.base}*`]: {
          handler: (request: Request, server: Server<HotData>) => this.#asset(request, server),
          websocket: this.#sockets.websocket,
        },
        ...(this.#development.workspace ? { [DEVTOOLS]: { handler: describeWorkspace } } : {}),
      },
    };
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
    const { vite, bridge } = await this.#run();
    if (!request.headers.has("upgrade")) return bridge(request);
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
    const config = devConfig(vite, this.#root, this.#sockets, this.#development);
    const server = await withNodeEnv(undefined, () => vite.createServer(config));
    return { vite: server, bridge: viteMiddleware(server) };
  }

  /** What watches files would keep the process alive. */
  #leave(host: MountHost): void {
    this.#hosts.delete(host);
    this.#sockets.closeFor(host.server);
    if (this.#hosts.size > 0) return;
    const running = this.#running;
    this.#running = null;
    running?.then(({ vite }) => close(vite)).catch(() => {});
  }
}

/** Vite transforms what a page will ask for next. Closed before that, it reports modules that it cannot find any more. */
async function close(vite: ViteDevServer): Promise<void> {
  const deadline = setTimeout(() => void vite.close(), CLOSE_MS);
  await vite.waitForRequestsIdle();
  clearTimeout(deadline);
  await vite.close();
}

/** As Bun does, for browsers on this machine only. */
function describeWorkspace(request: Request, server: Server): globalThis.Response {
  if (!LOOPBACK.test(server.requestIP(request)?.address ?? "")) return new Response(null, { status: 404 });
  const root = process.cwd();
  const digest = createHash("sha256").update(`${process.argv[1]}\0${root}`).digest("hex");
  const uuid = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
  return Response.json({ workspace: { root, uuid } });
}
