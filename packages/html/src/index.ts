/** HTML pages as values of routes: `htmlPage`, and the bridge to Vite's middlewares for other servers. */
export { buildProgram, type ProgramBuild } from "./built/build-program.ts";
export { isManifest, type Manifest, manifestPage } from "./built/manifest-page.ts";
export { type HTMLPage, htmlPage } from "./page.ts";
export {
  type MayLoad,
  type NeededPlugin,
  type PageSettings,
  setPageSettings,
  type VitePlugin,
} from "./settings.ts";
export { type MiddlewareServer, viteMiddleware } from "./vite-middleware.ts";
