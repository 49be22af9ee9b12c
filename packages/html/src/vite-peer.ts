import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

type Vite = typeof import("vite");

/**
 * Vite, of the project if it has one.
 * @throws Error with the command that installs it
 */
export async function loadVite(folder: string): Promise<Vite> {
  for (const from of [join(folder, "package.json"), import.meta.url]) {
    let found: string;
    try {
      found = createRequire(from).resolve("vite");
    } catch {
      continue;
    }
    return (await import(pathToFileURL(found).href)) as Vite;
  }
  throw new Error(`HTML pages need Vite, which is not installed in ${folder}: npm install vite`);
}

let before: Promise<unknown> = Promise.resolve();

/**
 * Runs work that sets `NODE_ENV`, as Vite does, and sets it back: servers that start later would take it for the user's choice. One at a
 * time, or a value of the other would be set back.
 */
export function withNodeEnv<T>(during: string | undefined, work: () => Promise<T>): Promise<T> {
  const result = before.then(() => runWith(during, work));
  before = result.catch(() => {});
  return result;
}

async function runWith<T>(during: string | undefined, work: () => Promise<T>): Promise<T> {
  const given = process.env["NODE_ENV"];
  if (during !== undefined) process.env["NODE_ENV"] = during;
  try {
    return await work();
  } finally {
    if (given === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = given;
  }
}
