import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findBun } from "@mantou/testing/bun";
import { expect, it } from "vitest";

const run = promisify(execFile);
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const bun = findBun();

const PRINTS = `
POST /users 201 [{"id":1,"name":"Ada","score":1.5,"joined":null,"isAdmin":true,"settings":{"theme":["dark"]},"picture":null}]
POST /users 409 {"name":"SQLiteError","code":"SQLITE_CONSTRAINT_UNIQUE","message":"UNIQUE constraint failed: users.name"}
POST /users 201 [{"id":2,"name":"Bob","score":null,"joined":null,"isAdmin":false,"settings":null,"picture":null}]
GET /users/1 200 {"id":1,"name":"Ada","score":1.5,"joined":null,"isAdmin":true,"settings":{"theme":["dark"]},"picture":null,"posts":[{"id":1,"author":1,"title":"One"},{"id":2,"author":1,"title":"Two"}]}
GET /users/9 404 not found
GET /users 200 [{"id":2,"name":"Bob","score":null,"joined":null,"isAdmin":false,"settings":null,"picture":null},{"id":1,"name":"Ada","score":1.5,"joined":null,"isAdmin":true,"settings":{"theme":["dark"]},"picture":null}]
Rollback
{"users":2}
[["Ada",1.5],["Bob",null]]
[1]
[{"id":2,"name":"Bob","score":null,"joined":null,"isAdmin":false,"settings":null,"picture":null}]
"none"
[[2,"Bob",null,null,0,null,null]]
"2023-11-14T22:13:20.000Z"
[104,105]
DELETE /users/2 200 {"changes":1,"lastInsertRowid":4}
`;

/** What a program prints. Standard error is empty. */
async function prints(program: string, ...args: readonly string[]): Promise<string> {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const { stdout, stderr } = await run(program, [...args, "main.ts"], { cwd: path("../program"), env });
  expect(stderr).toBe("");
  return stdout;
}

it.skipIf(bun === null)("prints on Bun what stands here", async () => {
  expect(await prints(bun!)).toBe(PRINTS.slice(1));
});

it("prints the same under mantou", async () => {
  expect(await prints(process.execPath, path("../../../packages/bun/dist/cli/main.js"))).toBe(
    PRINTS.slice(1),
  );
});
