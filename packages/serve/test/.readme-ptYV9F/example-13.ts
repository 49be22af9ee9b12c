import assert from "node:assert/strict";

const kept = globalThis.Response;
const mantou = await import("@mantou/serve");

assert.equal(globalThis.Response, mantou.Response);
assert.ok(new Response() instanceof kept && new kept() instanceof Response);

class Page extends Response {
  constructor(title: string) {
    super(`<!doctype html><title>${title}</title>`, { headers: { "Content-Type": "text/html;charset=utf-8" } });
  }
}

const server = mantou.serve({ port: 0, routes: { "/": () => new Page("Buns"), "/kept": () => new kept("Kept") } });
const response = await fetch(server.url);
assert.ok(response instanceof Response);
assert.equal(await response.text(), "<!doctype html><title>Buns</title>");
assert.equal(await (await fetch(new URL("/kept", server.url))).text(), "Kept");
await server.stop();

export const finished = true;
