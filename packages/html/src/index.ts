/** HTML pages as values of routes: `htmlPage`, and the bridge to Vite's middlewares for other servers. */
export { type HTMLPage, htmlPage } from "./page.ts";
export { type MiddlewareServer, viteMiddleware } from "./vite-middleware.ts";
