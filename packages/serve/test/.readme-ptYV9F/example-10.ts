import assert from "node:assert/strict";
import { serve } from "@mantou/serve";

const server = serve({
  port: 0,
  routes: {
    "/visit": ({ cookies }) => {
      const visits = Number(cookies.get("visits") ?? 0) + 1;
      cookies.set("visits", String(visits), { httpOnly: true, maxAge: 3600 });
      cookies.delete("old");
      return new Response(`Visit ${visits}`);
    },
  },
});

const response = await fetch(new URL("/visit", server.url), { headers: { Cookie: "visits=2" } });
assert.equal(await response.text(), "Visit 3");
assert.deepEqual(response.headers.getSetCookie(), [
  "visits=3; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax",
  "old=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax",
]);
await server.stop();

export const finished = true;
