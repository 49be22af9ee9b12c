// A server that esbuild, Rollup and Vite have bundled answers without any installed package.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MANAGERS, Project } from "./project.mjs";

/** It asks itself, over HTTP and over a WebSocket, and ends. */
const PROGRAM = `import { serve } from "@mantou/serve";
import { WebSocket } from "@mantou/websocket/client";

const server = serve({
  port: 0,
  hostname: "127.0.0.1",
  routes: {
    "/hello/:name": (request) => new Response("Hello " + request.params.name),
    "/echo": { websocket: { perMessageDeflate: true, message: (ws, text) => void ws.send(text, true) } },
  },
});
const response = await fetch(new URL("/hello/Ada", server.url));
const socket = new WebSocket(new URL("/echo", server.url.href.replace("http", "ws")));
socket.onopen = () => socket.send("over a socket");
const echo = await new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data)));
console.log(await response.text() + ", " + echo);
await server.stop(true);
`;

const EXPECTED = "Hello Ada, over a socket\n";

/** What each bundler is called with. @type {Record<string, (load: (name: string) => Promise<any>, folder: string, out: string) => Promise<unknown>>} */
const BUNDLERS = {
  async esbuild(load, folder, out) {
    const { build } = await load("esbuild");
    const to = {
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: join(out, "app.mjs"),
      logLevel: "error",
    };
    await build({ entryPoints: [join(folder, "app.mjs")], absWorkingDir: folder, ...to });
  },
  async rollup(load, folder, out) {
    const { rollup } = await load("rollup");
    const { nodeResolve } = await load("@rollup/plugin-node-resolve");
    const bundle = await rollup({
      input: join(folder, "app.mjs"),
      plugins: [nodeResolve()],
      onwarn: throwUp,
    });
    await bundle.write({ dir: out, format: "esm", entryFileNames: "app.mjs" });
    await bundle.close();
  },
  async vite(load, folder, out) {
    const { build } = await load("vite");
    const output = { entryFileNames: "app.mjs" };
    await build({
      root: folder,
      configFile: false,
      logLevel: "error",
      ssr: { noExternal: true },
      build: { ssr: join(folder, "app.mjs"), outDir: out, emptyOutDir: true, rollupOptions: { output } },
    });
  },
};

export async function checkBundles({ folder, registry, tools, lines, check }) {
  const project = new Project(folder, MANAGERS.npm(registry));
  project.write({ "app.mjs": PROGRAM });
  await check("@mantou/serve and @mantou/websocket are installed", () =>
    project.add("@mantou/serve", "@mantou/websocket"),
  );
  const require = createRequire(join(await tools(), "package.json"));
  const load = (name) => import(pathToFileURL(require.resolve(name)).href);
  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    // Beside the project, so that nothing is found that is not in the bundle.
    const out = join(folder, `bundle-${name}`);
    mkdirSync(out);
    if (!(await check(`${name} bundles a server`, () => bundle(load, project.folder, out)))) continue;
    for (const { line, binary } of lines) {
      await check(`the bundle of ${name} answers on Node.js ${line}`, async () => {
        const printed = await project.node(binary, join(out, "app.mjs"));
        if (printed !== EXPECTED) throw new Error(`it prints ${printed}`);
      });
    }
  }
}

/** @throws Error for a warning of Rollup, such as an import that it does not find. What TypeScript writes into packages of others is harmless. */
function throwUp(warning) {
  if (warning.code === "THIS_IS_UNDEFINED") return;
  throw new Error(warning.message);
}
