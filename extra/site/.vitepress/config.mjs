import { defineConfig } from "vitepress";
import { anchorOf } from "../build/anchor.mjs";
import { REPOSITORY, SITE } from "../build/documents.mjs";

const guide = [
  {
    text: "Start",
    items: [
      { text: "What it is, and when not", link: "/guide/what" },
      { text: "Quick start", link: "/guide/quick-start" },
    ],
  },
  {
    text: "Guides",
    items: [
      { text: "Routes", link: "/guide/routes" },
      { text: "Files", link: "/guide/files" },
      { text: "Uploads", link: "/guide/uploads" },
      { text: "WebSockets", link: "/guide/websockets" },
      { text: "Rooms", link: "/guide/rooms" },
      { text: "Server-sent events", link: "/guide/sse" },
      { text: "Sessions in cookies", link: "/guide/cookies" },
      { text: "Compression", link: "/guide/compression" },
      { text: "TLS", link: "/guide/tls" },
      { text: "A page and its API", link: "/guide/full-stack" },
      { text: "SQLite", link: "/guide/sqlite" },
      { text: "Testing", link: "/guide/testing" },
      { text: "Health and numbers", link: "/guide/health" },
      { text: "Several processes", link: "/guide/scaling" },
      { text: "Deploying", link: "/deploy/" },
    ],
  },
  {
    text: "Moving here",
    items: [
      { text: "From Bun", link: "/migrate/bun" },
      { text: "From node:http and Express", link: "/migrate/node-http" },
      { text: "From ws", link: "/migrate/ws" },
      { text: "From uWebSockets.js", link: "/migrate/uws" },
    ],
  },
  {
    text: "A server of your own",
    items: [
      { text: "The parts", link: "/compose/" },
      { text: "An HTTP/1.1 proxy", link: "/compose/proxy" },
      { text: "A WebSocket gateway", link: "/compose/gateway" },
      { text: "A protocol of your own", link: "/compose/protocol" },
      { text: "Is your server conformant?", link: "/conformance" },
    ],
  },
];

const reference = [
  {
    text: "Packages",
    items: [
      "serve",
      "bun",
      "html",
      "backplane",
      "topics",
      "conformance",
      "http1",
      "websocket",
      "router",
      "pubsub",
    ].map((name) => ({ text: `@mantou/${name}`, link: `/packages/${name}` })),
  },
  {
    text: "Bun",
    items: [
      { text: "Differences", link: "/reference/differences" },
      { text: "Features of the server", link: "/reference/parity" },
      { text: "Members of Bun", link: "/reference/bun-runtime" },
    ],
  },
  {
    text: "Behind it",
    items: [
      { text: "Scaling", link: "/reference/scaling" },
      { text: "Watching a server", link: "/reference/observability" },
      { text: "Shutting down", link: "/reference/shutdown" },
      { text: "The protocol of topics", link: "/reference/topics-protocol" },
      { text: "Performance", link: "/reference/performance" },
      { text: "Security", link: "/reference/security" },
      { text: "Architecture", link: "/reference/architecture" },
      { text: "Conformance of others", link: "/reference/conformance-report" },
      { text: "Contributing", link: "/reference/contributing" },
      { text: "Releasing", link: "/reference/releasing" },
    ],
  },
];

export default defineConfig({
  title: "Mantou",
  description: "Bun.serve for Node.js, in pure TypeScript, built from raw TCP sockets.",
  lang: "en",
  srcDir: ".source",
  outDir: "dist",
  cacheDir: ".cache",
  cleanUrls: true,
  sitemap: { hostname: SITE },
  // TypeDoc makes these pages; build/links.mjs checks all links of the built site.
  ignoreDeadLinks: [/^\/api\//],
  markdown: {
    anchor: { slugify: anchorOf },
    theme: { light: "github-light", dark: "github-dark" },
  },
  head: [["link", { rel: "icon", href: "/icon.svg" }]],
  themeConfig: {
    logo: "/icon.svg",
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      {
        text: "Guide",
        link: "/guide/quick-start",
        activeMatch: "^/(guide|deploy|migrate|compose|conformance)",
      },
      { text: "Packages", link: "/packages/serve", activeMatch: "^/(packages|reference)" },
      { text: "API", link: "/api/index.html", target: "_self" },
    ],
    sidebar: {
      "/guide/": guide,
      "/deploy/": guide,
      "/migrate/": guide,
      "/compose/": guide,
      "/conformance": guide,
      "/packages/": reference,
      "/reference/": reference,
    },
    socialLinks: [{ icon: "github", link: REPOSITORY }],
    footer: { message: "MIT licence" },
  },
});
