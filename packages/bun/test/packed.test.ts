import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import htmlManifest from "../../html/package.json" with { type: "json" };
import serveManifest from "../../serve/package.json" with { type: "json" };
import bunManifest from "../package.json" with { type: "json" };

const run = promisify(execFile);
const packages = fileURLToPath(new URL("../../", import.meta.url));
const workspace = fileURLToPath(new URL("../../../", import.meta.url));
const names = ["http1", "pubsub", "router", "websocket", "serve", "html", "bun"] as const;

/** One program for each package, as its first user would write it. They compile as strict TypeScript, too. */
const programs: Readonly<Record<(typeof names)[number], string>> = {
  http1: `
    import { ServerConnection } from "@mantou/http1";
    let sent: string = "";
    const connection = new ServerConnection({ text: (text) => void (sent += text), bytes: () => {} });
    connection.receive(Buffer.from("GET /a HTTP/1.1\\r\\nHost: b\\r\\n\\r\\n"));
    const event = connection.next();
    if (event?.type !== "request") throw new Error("no request");
    connection.respond({ status: 200 }, event.target);
    console.log(sent.split("\\r\\n")[0], sent.slice(-2));`,
  pubsub: `
    import { Broker } from "@mantou/pubsub";
    const broker = new Broker<string, string>({
      deliver: (target, messages) => console.log(target, messages.join(" ")),
      schedule: () => {},
    });
    broker.subscriber("ada").subscribe("news");
    broker.publish("news", "one");
    broker.publish("news", "two");
    broker.flush();`,
  router: `
    import { Router } from "@mantou/router";
    const router = new Router<string>().add("/users/:id", "user");
    const match = router.match("/users/4%32");
    console.log(match?.value, match?.params["id"]);`,
  websocket: `
    import { acceptKey } from "@mantou/websocket";
    console.log(acceptKey("dGhlIHNhbXBsZSBub25jZQ=="));`,
  serve: `
    import { serve } from "@mantou/serve";
    const server = serve({
      port: 0,
      development: false,
      routes: { "/users/:id": (request) => new Response(request.params.id) },
      fetch: () => new Response("no", { status: 404 }),
    });
    const found = await fetch(new URL("/users/42", server.url));
    const missing = await fetch(server.url);
    console.log(found.status, await found.text(), missing.status);
    await server.stop(true);`,
  // Vite is not installed: an error that says so, and everything else works.
  html: `
    import { serve } from "@mantou/serve";
    import { htmlPage } from "@mantou/html";
    import { writeFileSync } from "node:fs";
    writeFileSync("page.html", "<h1>page");
    console.error = (...printed: unknown[]) => console.log((printed.at(-1) as Error).message.replace(/in .*:/, "in …:"));
    const server = serve({ port: 0, development: true, routes: { "/": htmlPage("page.html"), "/api": new Response("api") } });
    console.log(await (await fetch(new URL("/api", server.url))).text(), (await fetch(server.url)).status);
    await server.stop(true);`,
  bun: `
    import Bun, { Glob, semver, serve } from "@mantou/bun";
    const server = serve({ port: 0, fetch: () => new Response(Bun.escapeHTML("<b>")) });
    const text: string = await (await fetch(server.url)).text();
    console.log(text, semver.satisfies("1.4.5", "^1.2.0"), new Glob("*.ts").match("a.ts"));
    await server.stop(true);`,
};

const outputs: Readonly<Record<(typeof names)[number], string>> = {
  http1: "HTTP/1.1 200 OK /a",
  pubsub: "ada one two",
  router: "user 42",
  websocket: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
  serve: "200 42 404",
  html: "HTML pages need Vite, which is not installed in …: npm install vite\napi 500",
  bun: "&lt;b&gt; true true",
};

/** Packages that others write, and where they are installed here. */
const thirdParty = [
  ...thirdPartyOf("serve", serveManifest.dependencies),
  ...thirdPartyOf("html", htmlManifest.dependencies),
  ...thirdPartyOf("bun", bunManifest.dependencies),
];

function thirdPartyOf(name: string, dependencies: Readonly<Record<string, string>>): string[] {
  const others = Object.keys(dependencies).filter((dependency) => !dependency.startsWith("@mantou/"));
  return others.map((dependency) => join(packages, name, "node_modules", dependency));
}

let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "mantou-packed-"));
  for (const name of names)
    await run("pnpm", ["pack", "--pack-destination", project], { cwd: join(packages, name) });
  await writeFile(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const name of names) await writeFile(join(project, `${name}.ts`), `${programs[name]}\nexport {};\n`);
  const tarballs = (await readdir(project)).filter((file) => file.endsWith(".tgz"));
  expect(tarballs).toHaveLength(names.length);
  // The dependencies as they are installed here, by links: nothing else may be needed, so the rest is done offline.
  const folders = await Promise.all(thirdParty.map((folder) => realpath(folder)));
  const options = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run("npm", ["install", ...options, ...tarballs.map((file) => join(project, file)), ...folders], {
    cwd: project,
  });
});

afterAll(() => rm(project, { recursive: true, force: true }));

test("@mantou/serve depends on the four and mime only", () => {
  expect(Object.keys(serveManifest.dependencies).sort()).toEqual([
    "@mantou/http1",
    "@mantou/pubsub",
    "@mantou/router",
    "@mantou/websocket",
    "mime",
  ]);
});

test("mantou is a command of the project, and runs a program that was written for Bun", async () => {
  await writeFile(
    join(project, "bun-program.mjs"),
    `import { serve } from "bun";
     const server = serve({ port: 0, fetch: () => new Response("from " + typeof Bun) });
     console.log(await (await fetch(server.url)).text());
     await server.stop(true);`,
  );
  const { stdout } = await run("npx", ["--offline", "mantou", "bun-program.mjs"], { cwd: project });
  expect(stdout).toBe("from object\n");
});

test("mantou serves the default export of a program in TypeScript", async () => {
  await writeFile(
    join(project, "server.ts"),
    "export default { port: 0, fetch: (): Response => new Response('typed' as string) };",
  );
  const child = spawn("npx", ["--offline", "mantou", "server.ts"], { cwd: project, detached: true });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (bytes) => {
          output += String(bytes);
          const found = /Listening on \S+:(\d+)\//.exec(output)?.[1];
          if (found !== undefined) resolve(found);
        });
      }
      child.once("close", () => reject(new Error(output)));
    });
    expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe("typed");
  } finally {
    // npx, and what it has started.
    process.kill(-child.pid!, "SIGKILL");
  }
});

test("their declarations are those of strict TypeScript, and their programs compile", async () => {
  // The declarations are checked as strictly as they can be: no skipLibCheck for what we ship.
  const flags = [
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--lib",
    "es2023,esnext.disposable",
  ];
  const types = ["--types", join(workspace, "node_modules/@types/node")];
  // All at once: to read the libraries' declarations costs more than to check a program.
  const sources = names.map((name) => join(project, `${name}.ts`));
  await run(join(workspace, "node_modules/.bin/tsc"), [...flags, ...types, ...sources], {
    cwd: project,
  }).catch((error: { stdout: string }) => expect.fail(error.stdout));
});

test.for(names)("@mantou/%s works in an empty project that installed its tarball", async (name) => {
  // The commands that pnpm installs set it, to where everything of the workspace is found.
  const env = { ...process.env, NODE_PATH: "" };
  const { stdout } = await run(process.execPath, [join(project, `${name}.js`)], { cwd: project, env });
  expect(stdout.trim()).toBe(outputs[name]);
});
