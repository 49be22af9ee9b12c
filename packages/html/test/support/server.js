// The program of the browser's tests: two pages, which it serves as its argument says.
import { htmlPage } from "@mantou/html";
import { serve } from "@mantou/serve";

const home = htmlPage("pages/index.html");
const server = serve({
  port: 0,
  hostname: "127.0.0.1",
  development: process.argv[2] === "production" ? false : { console: true },
  routes: {
    "/favicon.ico": new Response(null, { status: 204 }),
    "/": home,
    "/deep/down": htmlPage("pages/about.html"),
    "/app/*": home,
  },
});
console.log(`Listening on ${server.url}`);
