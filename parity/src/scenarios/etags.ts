import { AreaBuilder } from "../scenario.ts";

const tagged = () => ({ routes: { "/s": new Response("static", { headers: { ETag: '"mine"' } }) } });

export const etags: AreaBuilder = new AreaBuilder("etags")
  .add(
    "a static response has an entity tag",
    () => ({
      routes: {
        "/s": new Response("static"),
        "/j": Response.json(1),
        "/e": new Response(""),
        "/n": new Response(null),
      },
    }),
    async (c) => {
      for (const path of ["/s", "/j", "/e", "/n"]) await c.ask(`GET ${path}`);
      await c.ask("HEAD /s");
    },
  )
  .add(
    "a static response that is no 200",
    () => ({ routes: { "/s": new Response("static", { status: 404 }) } }),
    async (c) => c.ask("GET /s"),
  )
  .add(
    "a handler's response has no entity tag",
    () => ({ fetch: () => new Response("dynamic") }),
    async (c) => c.ask("GET /"),
  )
  .add("If-None-Match", tagged, async (c) => {
    for (const tag of ['"mine"', 'W/"mine"', '"other"', '"other", "mine"', "*", "mine", '"mine'] as const)
      await c.ask("GET /s", [`If-None-Match: ${tag}`]);
  })
  .add("If-None-Match to HEAD and POST", tagged, async (c) => {
    await c.ask("HEAD /s", ['If-None-Match: "mine"']);
    await c.ask("POST /s", ['If-None-Match: "mine"', "Content-Length: 0"]);
  })
  .add("If-Match", tagged, async (c) => {
    for (const tag of ['"mine"', '"other"', "*"]) await c.ask("GET /s", [`If-Match: ${tag}`]);
  })
  .add(
    "If-None-Match of a handler's response",
    () => ({ fetch: () => new Response("x", { headers: { ETag: '"mine"' } }) }),
    async (c) => c.ask("GET /", ['If-None-Match: "mine"']),
  )
  .add(
    "a range of a static response",
    () => ({ routes: { "/s": new Response("0123456789") } }),
    async (c) => c.ask("GET /s", ["Range: bytes=0-3"]),
  );
