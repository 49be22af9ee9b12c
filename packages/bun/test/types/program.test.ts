import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";

const run = promisify(execFile);
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** A program as its author wrote it for bun-types. A line with `@ts-expect-error` is an error for both. */
const PROGRAM = `
import { Database } from "bun:sqlite";
import { serve as ours } from "@mantou/bun";
import page from "./page.html";
import { CookieMap, Glob, file, semver, serve, write, type Server, type ServerWebSocket } from "bun";

interface Session { name: string; since: number }

const server: Server<Session> = serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 10,
  routes: {
    "/": new Response("home"),
    "/users/:id": (request) => new Response(request.params.id),
    "/posts": { GET: () => Response.json([]), POST: async (request) => Response.json(await request.json(), { status: 201 }) },
    "/file": file("a.txt"),
    "/page": page,
  },
  fetch(request, server) {
    const { pathname } = new URL(request.url);
    if (pathname === "/ws" && server.upgrade(request, { data: { name: "a", since: 1 } })) return;
    server.timeout(request, 5);
    return new Response(\`\${server.requestIP(request)?.address} \${server.pendingRequests}\`);
  },
  websocket: {
    data: {} as Session,
    open(ws: ServerWebSocket<Session>) { ws.subscribe("room"); ws.send(ws.data.name); },
    message(ws, message) { ws.publish("room", typeof message === "string" ? message.toUpperCase() : message); },
    close(ws, code, reason) { ws.unsubscribe("room"); console.log(code.toFixed(), reason.length); },
    idleTimeout: 30,
    perMessageDeflate: true,
  },
  error(error) { return new Response(error.message, { status: 500 }); },
});
const sent: number = server.publish("room", "hi");
await server.stop(true);
ours({ routes: { "/": page, "/form": { GET: page }, "/members": (request) => (request.headers.has("authorization") ? page : new Response("no")) } });
server.reload({ fetch: () => new Response("new") });

const db = new Database(":memory:");
const rows = db.query<{ id: number }, [number]>("select ? as id").all(1);
const ids: number[] = rows.map((row) => row.id);

const hash: bigint = Bun.hash("x", 5);
const crc: number = Bun.hash.crc32(new Uint8Array(1));
const hex: string = new Bun.CryptoHasher("sha256", "key").update("x").digest("hex");
const sum: string = Bun.SHA256.hash("x", "hex");
const ok: boolean = await Bun.password.verify("a", await Bun.password.hash("a", { algorithm: "bcrypt", cost: 4 }));
const text: string = await Bun.file("a.txt").text();
const size: number = await Bun.write("b.txt", "x");
const paths: string[] = [...new Glob("*.ts").scanSync(".")];
const newer: boolean = semver.satisfies("1.0.0", "^1");
const yaml: unknown = Bun.YAML.parse("a: 1");
const toml: object = Bun.TOML.parse("a = 1");
const width: number = Bun.stringWidth("x");
const id: string = Bun.randomUUIDv7();
const home: string | undefined = Bun.env["HOME"];
const where: string | null = Bun.which("sh");
const same: boolean = Bun.deepEquals({ a: 1 }, { a: 1 });
await Bun.sleep(1);
const escaped: string = Bun.escapeHTML("<");
const zipped: Uint8Array = Bun.gzipSync(new Uint8Array(1));
const cookies = new CookieMap("a=b");
const value: string | null = cookies.get("a");
const type: Bun.Server<Session> = server;
const version: string = Bun.version;
const json: unknown = await Bun.readableStreamToJSON(new Response("{}").body!);
const process_ = Bun.spawn(["echo", "hi"]);
const code: number = await process_.exited;
const out: string = await new Response(process_.stdout).text();
const table: string = Bun.inspect({ a: 1 });
const url: URL = Bun.pathToFileURL("/x");
// @ts-expect-error a response is due
serve({ fetch: () => 5 });
// @ts-expect-error the hash is a bigint
const wrong: number = Bun.hash("x");
// @ts-expect-error there is no such member
Bun.nothing();
void [sent, ids, hash, crc, hex, sum, ok, text, size, paths, newer, yaml, toml, width, id, home, where, same, escaped, zipped, value, type, version, json, code, out, table, url, write];
export default { port: 3000, fetch: () => new Response("x") } satisfies Bun.Serve.Options<undefined>;
`;

const folder = mkdtempSync(path("../../node_modules/.program-types-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  [["bun-types", "node"]],
  [["bun-types"]],
  [["@mantou/bun/types", "node"]],
  [["@mantou/bun/types"]],
])("a program compiles with the types %j", { timeout: 120_000 }, async (types) => {
  const project = join(folder, types.join("-").replaceAll("/", "-"));
  mkdirSync(join(project, "node_modules/@mantou"), { recursive: true });
  symlinkSync(path("../.."), join(project, "node_modules/@mantou/bun"));
  writeFileSync(join(project, "main.ts"), PROGRAM);
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: "esnext",
    lib: ["esnext"],
    module: "nodenext",
    types,
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
  const tsc = path("../../../../node_modules/typescript/bin/tsc");
  const failure = await run(process.execPath, [tsc, "-p", project]).then(
    () => "",
    ({ stdout }: { stdout: string }) => stdout,
  );
  expect(failure).toBe("");
});
