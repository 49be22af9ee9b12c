import { type ChildProcess, spawn } from "node:child_process";

/**
 * The routes that Bun and we are asked about. As source, so that each has its own `file` and `Response`; `dir` is the
 * directory with the files.
 */
export const ROUTES = `(file, dir, Response) => {
  const a = () => file(dir + "/a.txt");
  const tagged = { headers: { ETag: '"mine"', "X-A": "1", "Content-Type": "x/y" } };
  return {
    "/file": a(),
    "/response": new Response(a()),
    "/tagged": new Response(a(), tagged),
    "/created": new Response(a(), { status: 201 }),
    "/dated": new Response(a(), { headers: { "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT" } }),
    "/slice": a().slice(2, 7),
    "/empty": file(dir + "/empty.txt"),
    "/page": { GET: file(dir + "/index.html"), POST: () => new Response("post", tagged) },
    "/missing": file(dir + "/none"),
    "/missing/*": new Response(file(dir + "/none")),
    "/directory": file(dir + "/sub"),
    "/files/missing.txt": file(dir + "/none"),
    "/files/*": { dir },
    "/uncached/*": { dir, statCache: false },
    "/handler": () => new Response(a()),
    "/handler/created": () => new Response(a(), { status: 201 }),
    "/handler/none": () => new Response(file(dir + "/none")),
    "/handler/directory": () => new Response(file(dir + "/sub")),
    "/handler/slice": () => new Response(a().slice(2, 7)),
    "/handler/whole": () => new Response(a().slice(0, Infinity)),
    "/static": new Response("static", { headers: { ETag: '"mine"', "Content-Type": "x/y" } }),
    "/static/dated": new Response("x", { headers: { ETag: '"m"', "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT", "Content-Type": "x/y" } }),
    "/static/404": new Response("gone", { status: 404, headers: { "Content-Type": "x/y" } }),
    "/*": new Response("else", { status: 299, headers: { "Content-Type": "x/y" } }),
  };
}`;

/** The handler of errors: its argument is part of the response. */
export const ERROR = `(error, Response) => new Response("told " + error.code, { status: 555, headers: { "Content-Type": "x/y" } })`;

const SCRIPT = `
  const dir = process.env.FILES;
  const { port } = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    routes: (${ROUTES})(Bun.file, dir, Response),
    error: (error) => (${ERROR})(error, Response),
  });
  console.log(port);
`;

/** Starts Bun.serve with these routes in a process of its own. */
export async function serveInBun(binary: string, dir: string): Promise<{ port: number; stop: () => void }> {
  const child: ChildProcess = spawn(binary, ["-e", SCRIPT], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, FILES: dir },
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once("data", (line: Buffer) => resolve(Number(line.toString())));
    child.once("exit", () => reject(new Error("Bun ended")));
    child.once("error", reject);
  });
  return { port, stop: () => void child.kill() };
}
