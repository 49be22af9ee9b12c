// The reference of the API, by TypeDoc. It has a TypeScript of its own, since it takes no version 7, and
// options of its own, since that one does not know all of tsconfig.base.json.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Application } from "typedoc";
import { REPOSITORY, root } from "./documents.mjs";

/** The packages, those that most people want first. */
const PACKAGES = [
  "serve",
  "bun",
  "html",
  "topics",
  "backplane",
  "http1",
  "websocket",
  "router",
  "pubsub",
  "conformance",
];

/** The sources of a package's entries. */
function entriesOf(name) {
  const folder = join(root, "packages", name);
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return Object.values(exports)
    .flatMap(({ default: file }) =>
      file === undefined ? [] : [join(folder, file.replace("/dist/", "/src/").replace(/\.js$/, ".ts"))],
    )
    .filter((file) => existsSync(file) && !/(hosting|register)\.ts$/.test(file));
}

/** Writes the pages into a folder. @throws Error if TypeDoc reports one: a syntax error, or an option that it does not know */
export async function writeReference(folder) {
  const application = await Application.bootstrapWithPlugins({
    name: "Mantou",
    entryPoints: PACKAGES.flatMap(entriesOf),
    tsconfig: join(root, "extra/site/build/tsconfig.reference.json"),
    readme: "none",
    skipErrorChecking: true,
    excludePrivate: true,
    excludeInternal: true,
    disableSources: true,
    githubPages: false,
    favicon: join(root, "examples/chat/public/bun.svg"),
    navigationLinks: { Site: "/", GitHub: REPOSITORY },
    logLevel: "Error",
  });
  const project = await application.convert();
  if (project === undefined) throw new Error("TypeDoc has read nothing");
  if (application.logger.hasErrors()) throw new Error("TypeDoc has reported errors");
  // They have the names of folders: `serve/src/workers` is what a program imports as `@mantou/serve/workers`.
  for (const module of project.children ?? []) module.name = `@mantou/${module.name.replace("/src", "")}`;
  await application.generateDocs(project, folder);
}
