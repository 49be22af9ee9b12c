// The declarations of all packages under each way in which the compiler finds modules, with and without a check of the libraries, with the
// oldest and the newest types of Node.js, and with the oldest compiler.
import { createRequire } from "node:module";
import { dirname, join, posix } from "node:path";
import { librariesOf } from "./pack.mjs";
import { MANAGERS, Project } from "./project.mjs";

const require = createRequire(import.meta.url);
const TSC = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");

/** The oldest compiler that the READMEs promise: `Uint8Array` takes the type of its buffer from there on. */
const OLDEST_COMPILER = "typescript@5.7";

/** Module kinds, each with the way in which modules are found. */
const RESOLUTIONS = {
  node16: { module: "node16", moduleResolution: "node16" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};

/** Optional peers whose types stand in declarations. */
const PEERS = ["fast-check", "vite"];

/** Uses of types that a declaration can break without an error of its own. */
const USES = `
const server = serve({
  port: 0,
  routes: { "/users/:id": (request) => Response.json({ id: request.params.id satisfies string }) },
  fetch: (request, running) =>
    running.upgrade(request, { data: { name: "Ada" } }) ? undefined : new Response(null, { status: 426 }),
  websocket: { data: {} as { name: string }, message: (ws, text) => void ws.send(ws.data.name + text) },
});
await server.stop();

const sent: Response = new Response(Bun.file("bun.txt"));
const text: string = await new ReadableStream<Uint8Array>().text();
const sound: boolean = crypto.timingSafeEqual(new Uint8Array(1), new Uint8Array(1));
const count: number = new URLSearchParams("a=1").length;
export const used = [sent, text, sound, count, new Blob([]).json()];
`;

export async function checkTypes({ packed, folder, registry, check }) {
  const manifests = librariesOf(packed);
  const entries = manifests.flatMap(({ name, exports }) =>
    Object.entries(exports)
      .filter(([, target]) => target.types !== undefined)
      .map(([path, target]) => ({ name: posix.join(name, path), isModule: target.default !== undefined })),
  );
  const modules = entries.filter(({ isModule }) => isModule).map(({ name }) => name);
  // They declare globals and modules, and stand in `types` of tsconfig.json.
  const ambient = entries.filter(({ isModule }) => !isModule).map(({ name }) => name);
  const imports = modules.map((name, index) => `import type * as entry${index} from "${name}";`);
  const exported = modules.map((_, index) => `typeof entry${index}`).join(" | ");
  const program = `import { serve } from "@mantou/serve";\n${imports.join("\n")}\nexport type All = ${exported};\n${USES}`;
  for (const version of ["20", "latest"]) {
    const project = new Project(folder, MANAGERS.npm(registry));
    const installed = await check(`the packages with @types/node@${version} are installed`, () =>
      project.add(...manifests.map(({ name }) => name), ...PEERS, `@types/node@${version}`, OLDEST_COMPILER),
    );
    if (!installed) continue;
    project.write({ "package.json": '{ "private": true, "type": "module" }\n', "main.ts": program });
    const compile = async (compiler, name, skipLibCheck) => {
      const compilerOptions = {
        ...RESOLUTIONS[name],
        skipLibCheck,
        target: "es2023",
        lib: ["es2023"],
        types: ["node", ...ambient],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noEmit: true,
      };
      project.write({ "tsconfig.json": JSON.stringify({ compilerOptions, files: ["main.ts"] }) });
      await project.command([process.execPath, compiler, "-p", "."]);
    };
    for (const name of Object.keys(RESOLUTIONS)) {
      for (const skipLibCheck of [true, false]) {
        await check(
          `types of ${entries.length} entries: ${name}, @types/node@${version}, libraries ${skipLibCheck ? "not " : ""}checked`,
          () => compile(TSC, name, skipLibCheck),
        );
      }
    }
    const oldest = join(project.folder, "node_modules/typescript/bin/tsc");
    await check(
      `types of ${entries.length} entries: ${OLDEST_COMPILER}, @types/node@${version}, libraries checked`,
      () => compile(oldest, "nodenext", false),
    );
  }
}
