import { cert, key } from "@mantou/testing/tls";
import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

/** Prints what a call gives: `t` is its name, and ports stand as words. */
const SHOW = `
  const words = new Map();
  const clean = (text) => [...words].reduce((all, [port, word]) => all.replaceAll(String(port), word), String(text));
  async function show(name, call) {
    try {
      console.log(name, clean(await call()));
    } catch (error) {
      console.log(name, error.name, error.code, error.status ? error.status + " " + error.statusText : "", error.headers?.get("x-why") ?? "");
    }
  }
`;

const ECHO = `
  const echo = async (request) => {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/redirect") return Response.redirect("/to", 302);
    return new Response([request.method, request.headers.get("host"), pathname + search, request.headers.get("authorization") ?? "-", await request.text()].join(" "));
  };
`;

const text = "const text = async (...args) => (await fetch(...args)).text();";

describe("fetch", () => {
  itRunsAsOnBun([
    {
      name: "sends no body of 0 bytes with GET, decodes the escapes of credentials to bytes, and refuses options of other types",
      files: {
        "main.ts": `${SHOW}${ECHO}${text}
          const server = Bun.serve({ port: 0, fetch: echo });
          words.set(server.port, "SERVER");
          const { href, host } = server.url;
          for (const body of ["", new Uint8Array(0), new ArrayBuffer(0), new Blob([]), new URLSearchParams(), null])
            await show("empty", () => text(href, { body }));
          await show("empty, HEAD", () => text(href, { method: "HEAD", body: "" }));
          await show("empty, POST", () => text(href, { method: "POST", body: "" }));
          await show("not empty", async () => { try { await fetch(href, { body: "x" }); } catch (error) { return error.name; } });
          await show("bytes", () => text("http://%ff%20a:b@" + host));
          for (const tls of [{ ca: 5 }, { key: [true] }, { cert: {} }, { serverName: 5 }, { rejectUnauthorized: "no" }, { passphrase: 5 }, { serverName: null, ca: null }])
            await show("tls", () => text(href, { tls }));
          for (const url of [5, {}, "", null]) await show("proxy", () => text(href, { proxy: { url } }));
          await show("null", () => text(href, { protocol: null, session: null }));
          await server.stop(true);
        `,
      },
      prints: [
        ...Array.from({ length: 6 }, () => "empty GET localhost:SERVER / - "),
        "empty, HEAD ",
        "empty, POST POST localhost:SERVER / - ",
        "not empty TypeError",
        "bytes GET localhost:SERVER / Basic /yBhOmI= ",
        ...Array.from({ length: 6 }, () => "tls TypeError ERR_INVALID_ARG_TYPE  "),
        "tls GET localhost:SERVER / - ",
        ...Array.from({ length: 3 }, () => "proxy TypeError ERR_INVALID_ARG_VALUE  "),
        "proxy GET localhost:SERVER / - ",
        "null GET localhost:SERVER / -",
      ].join("\n"),
    },
    {
      name: "takes a Request in place of the options: its method, its headers and its body go to another URL",
      files: {
        "main.ts": `${SHOW}${text}
          const server = Bun.serve({
            port: 0,
            fetch: async (request) => new Response([request.method, request.headers.get("x-a"), await request.text()].join()),
          });
          const fronts = {
            request: (request) => fetch(server.url, request),
            clone: (request) => fetch(server.url, request.clone()),
            platform: (request) => fetch(server.url, new Request(request)),
          };
          const front = Bun.serve({ port: 0, fetch: (request) => fronts[new URL(request.url).pathname.slice(1)](request) });
          for (const name of Object.keys(fronts)) {
            const url = front.url + name;
            await show(name, () => text(url, { headers: { "x-a": 1 } }));
            await show(name, () => text(url, { method: "POST", body: "text", headers: { "x-a": 1 } }));
            await show(name, () => text(url, { method: "PUT", body: new Blob(["stream"]).stream(), headers: { "x-a": 1 } }));
            await show(name, () => text(url, { method: "DELETE", headers: { "x-a": 1 } }));
          }
          class Options {
            get url() { return server.url.href; }
            get method() { return "PATCH"; }
            get headers() { return { host: "a", "x-a": 2 }; }
            get body() { return "class"; }
          }
          await show("class", () => text(server.url, new Options()));
          await show("class alone", () => text(new Options()));
          for (const each of [server, front]) await each.stop(true);
        `,
      },
      prints: [
        ...["request", "clone", "platform"].flatMap((name) => [
          `${name} GET,1,`,
          `${name} POST,1,text`,
          `${name} PUT,1,stream`,
          `${name} DELETE,1,`,
        ]),
        "class PATCH,2,class",
        "class alone PATCH,2,class",
      ].join("\n"),
    },
    {
      name: "goes over a Unix socket with `unix`, and leaves it with a redirect",
      files: {
        "main.ts": `${SHOW}${ECHO}${text}
          const server = Bun.serve({ unix: "a.sock", fetch: echo });
          await show("get", () => text("http://host/a?b", { unix: "a.sock" }));
          await show("post", () => text(new URL("http://host:81/a"), { unix: "a.sock", method: "POST", body: "hi" }));
          await show("url", async () => { const r = await fetch("http://host/a", { unix: "a.sock" }); return r.url + r.redirected + r.status; });
          await show("many", async () => (await Promise.all([1, 2, 3].map((n) => text("http://host/" + n, { unix: "a.sock" })))).join());
          await show("redirect", () => text("http://host.invalid/redirect", { unix: "a.sock" }));
          await show("missing", () => text("http://host/", { unix: "no.sock" }));
          await show("proxy, too", () => text("http://host/", { unix: "a.sock", proxy: "http://x" }));
          await server.stop(true);
        `,
      },
      prints: [
        "get GET host /a?b - ",
        "post POST host:81 /a - hi",
        "url http://host/afalse200",
        "many GET host /1 - ,GET host /2 - ,GET host /3 - ",
        "redirect TypeError ENOTFOUND  ",
        "missing TypeError ENOENT  ",
        "proxy, too TypeError ERR_INVALID_ARG_VALUE",
      ].join("\n"),
    },
    {
      name: "sends the Host that its headers set, to the first origin alone; headers of a Request have Bun's members",
      files: {
        "main.ts": `${SHOW}${text}
          const to = { "/here": () => "/", "/away": () => other.url.href };
          const fetchHost = (request) => {
            const location = to[new URL(request.url).pathname]?.();
            return location ? new Response(null, { status: 302, headers: { location } }) : new Response(request.headers.get("host") + request.headers.get("x-a"));
          };
          const server = Bun.serve({ port: 0, fetch: fetchHost });
          const other = Bun.serve({ port: 0, fetch: fetchHost });
          const front = Bun.serve({ port: 0, fetch: ({ headers }) => fetch(server.url, { headers }) });
          words.set(server.port, "SERVER").set(other.port, "OTHER").set(front.port, "FRONT");
          const { href } = server.url;
          await show("object", () => text(href, { headers: { HOST: "a.example", "x-a": 1 } }));
          await show("pairs", () => text(href, { headers: [["host", "a.example:81"]] }));
          await show("headers", () => text(href, { method: "POST", body: "b", headers: new Headers({ host: "a.example" }) }));
          await show("request", () => text(new Request(href, { headers: { host: "a.example" } })));
          await show("request and init", () => text(new Request(href, { headers: { host: "a.example" } }), { headers: { "x-a": "1" } }));
          await show("passed on", () => text(front.url));
          await show("redirect", () => text(href + "here", { headers: { host: "a.example" } }));
          await show("redirect away", () => text(href + "away", { headers: { host: "a.example" } }));
          for (const each of [server, other, front]) await each.stop(true);
          const { headers } = new Request(href, { headers: [["a", "1"], ["set-cookie", "b"], ["set-cookie", "c"]] });
          console.log(JSON.stringify([headers.toJSON()["set-cookie"], headers.count, headers.getAll("set-cookie")].flat()));
        `,
      },
      prints: [
        "object a.example1",
        "pairs a.example:81null",
        "headers a.examplenull",
        "request a.examplenull",
        "request and init localhost:SERVER1",
        "passed on localhost:FRONTnull",
        "redirect a.examplenull",
        "redirect away localhost:OTHERnull",
        '["b","c",3,"b","c"]',
      ].join("\n"),
    },
    {
      name: "reads files",
      files: {
        "a.txt": "text of a",
        "main.ts": `${SHOW}${text}
          const here = import.meta.url.replace("main.ts", "");
          await show("string", () => text(here + "a.txt"));
          await show("URL", () => text(new URL("a.txt", here)));
          await show("Request", () => text(new Request(here + "a.txt")));
          await show("localhost", () => text(here.replace("///", "//localhost/") + "a.txt"));
          await show("head", async () => {
            const r = await fetch(here + "a.txt");
            return [r.status, r.ok, r.url === here + "a.txt", r.headers.get("content-type")].join();
          });
          await show("missing", () => text(here + "b.txt"));
          await show("folder", () => text(here));
          await show("host", () => text("file://elsewhere/a.txt"));
          await show("data", () => text("data:text/plain;base64,SGVsbG8="));
          await show("blob", () => text(URL.createObjectURL(new Blob(["blob"]))));
        `,
      },
      prints: [
        "string text of a",
        "URL text of a",
        "Request text of a",
        "localhost text of a",
        "head 200,true,true,text/plain;charset=utf-8",
        "missing Error ENOENT  ",
        "folder Error EISDIR  ",
        "host TypeError ERR_INVALID_FILE_URL_HOST  ",
        "data Hello",
        "blob blob",
      ].join("\n"),
    },
    {
      name: "tells why it failed",
      files: {
        "main.ts": `${SHOW}
          const server = Bun.serve({ port: 0, fetch: () => new Response() });
          const { port } = server;
          await server.stop(true);
          await fetch("http://u:p@127.0.0.1:" + port + "/a").catch((error) => {
            console.log(error instanceof TypeError, error.code, error.message.startsWith("ECONNREFUSED"), error.path.replace(port, "PORT"));
          });
          await show("name", () => fetch("http://nothing.invalid/"));
          for (const input of ["", null, "a.txt", "/a", "ftp://host/"]) await show(String(input), () => fetch(input));
          await show("none", () => fetch());
          const circle = Bun.serve({ port: 0, fetch: () => Response.redirect("/") });
          await show("circle", () => fetch(circle.url));
          await show("redirect", () => fetch(circle.url, { redirect: "error" }));
          await circle.stop(true);
          console.log(typeof fetch.preconnect, fetch.preconnect("http://127.0.0.1:1"), fetch.name, fetch.length);
          try { fetch.preconnect("ftp://a"); } catch (error) { console.log(error.code); }
        `,
      },
      prints: [
        "true ECONNREFUSED true http://127.0.0.1:PORT/a",
        "name TypeError ENOTFOUND  ",
        " TypeError ERR_INVALID_URL  ",
        "null TypeError ERR_INVALID_URL  ",
        "a.txt TypeError ERR_INVALID_URL  ",
        "/a TypeError ERR_INVALID_URL  ",
        "ftp://host/ TypeError ERR_INVALID_ARG_VALUE  ",
        "none TypeError ERR_MISSING_ARGS  ",
        "circle TypeError TooManyRedirects  ",
        "redirect TypeError UnexpectedRedirect  ",
        "function undefined fetch 1",
        "ERR_INVALID_ARG_TYPE",
      ].join("\n"),
    },
    {
      name: "sends streams, generators, text in streams, and credentials in the URL",
      files: {
        "main.ts": `${SHOW}${ECHO}${text}
          const server = Bun.serve({ port: 0, fetch: echo });
          words.set(server.port, "PORT");
          const base = "http://127.0.0.1:" + server.port + "/";
          const post = (body) => text(base, { method: "POST", body });
          const words2 = (...all) => new ReadableStream({ start(c) { for (const word of all) c.enqueue(word); c.close(); } });
          await show("text", () => post(words2("Hello", " World")));
          await show("bytes", () => post(words2(new Uint8Array([65]), "b")));
          await show("direct", () => post(new ReadableStream({ type: "direct", async pull(c) { c.write("direct"); } })));
          await show("generator", () => post((async function* () { yield "one"; yield "two"; })()));
          await show("function", () => post(async function* () { yield "one"; }));
          await show("Request", () => text(new Request(base, { method: "POST", body: words2("a", "b") })));
          await show("Request text", () => new Request(base, { method: "POST", body: words2("a", "b") }).text());
          await show("credentials", () => text(base.replace("//", "//u:p%40@")));
          await show("own", () => text(base.replace("//", "//u:p@"), { headers: { Authorization: "mine" } }));
          await show("options", () => text({ url: base + "o", method: "PUT", body: "q" }));
          await show("others", () => text(base, { verbose: false, keepalive: false, timeout: false }));
          await server.stop(true);
        `,
      },
      prints: [
        "text POST 127.0.0.1:PORT / - Hello World",
        "bytes POST 127.0.0.1:PORT / - Ab",
        "direct POST 127.0.0.1:PORT / - direct",
        "generator POST 127.0.0.1:PORT / - onetwo",
        "function POST 127.0.0.1:PORT / - one",
        "Request POST 127.0.0.1:PORT / - ab",
        "Request text ab",
        "credentials GET 127.0.0.1:PORT / Basic dTpwQA== ",
        "own GET 127.0.0.1:PORT / mine ",
        "options PUT 127.0.0.1:PORT /o - q",
        "others GET 127.0.0.1:PORT / -",
      ].join("\n"),
    },
    {
      name: "leaves a compressed body as it is with `decompress: false`",
      files: {
        "main.ts": `
          import { gzipSync } from "node:zlib";
          const server = Bun.serve({
            port: 0,
            fetch: () => new Response(gzipSync("text"), { headers: { "Content-Encoding": "gzip", "X-A": "1" }, status: 201 }),
          });
          const { url } = server;
          const plain = await fetch(url);
          console.log(await plain.text());
          const raw = await fetch(url, { decompress: false });
          const bytes = await raw.bytes();
          console.log(raw.status, raw.headers.get("content-encoding"), raw.headers.get("x-a"), raw.url === url.href, bytes[0], bytes[1]);
          await server.stop(true);
        `,
      },
      prints: "text\n201 gzip 1 true 31 139",
    },
    {
      name: "with `decompress: false` asks for no coding that the program does not ask for, and keeps cookies apart",
      files: {
        "main.ts": `
          const cookies = [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2, c"]];
          const server = Bun.serve({ port: 0, fetch: (request) => new Response(request.headers.get("accept-encoding"), { headers: cookies }) });
          for (const headers of [undefined, { "Accept-Encoding": "br" }]) {
            const raw = await fetch(server.url, { decompress: false, headers });
            console.log(await raw.text() || "none", raw.headers.getSetCookie().join(" | "));
          }
          await server.stop(true);
        `,
      },
      prints: "none a=1 | b=2, c\nbr a=1 | b=2, c",
    },
    {
      name: "leaves the length and the framing of a body to the client, which knows them; a stream keeps its length",
      files: {
        "main.ts": `${SHOW}${text}
          const server = Bun.serve({
            port: 0,
            fetch: async (request) => {
              const { method, headers } = request;
              return new Response([method, headers.get("content-length") ?? "chunked", await request.text()].join(" "));
            },
          });
          const { url } = server;
          const length = (bytes) => ({ "Content-Length": String(bytes) });
          const made = {
            text: () => ({ headers: length(9), body: "text" }),
            shorter: () => ({ headers: new Headers(length(2)), body: "text" }),
            bytes: () => ({ headers: Object.entries(length(1)), body: new Uint8Array([97, 98]) }),
            blob: () => ({ headers: length(9), body: new Blob(["blob"]) }),
            form: () => ({ headers: length(9), body: new URLSearchParams({ a: "b" }) }),
            none: () => ({ headers: length(9) }),
            "none, to another host": () => ({ headers: { ...length(0), host: "a.example" } }),
            "none, as it is": () => ({ headers: length(0), decompress: false }),
            stream: () => ({ headers: length(6), body: new ReadableStream({ pull: (to) => (to.enqueue(Buffer.from("stream")), to.close()) }), duplex: "half" }),
            generator: () => ({ headers: length(2), body: (async function* () { yield "a"; yield "b"; })(), duplex: "half" }),
            chunked: () => ({ headers: { "Transfer-Encoding": "chunked" }, body: "text" }),
            "fields of the connection": () => ({ headers: { Connection: "close, TE", "Keep-Alive": "timeout=1", Upgrade: "h2c", "Content-Length": "1" }, body: "text" }),
          };
          for (const [name, init] of Object.entries(made)) await show(name, () => text(url, { method: "POST", ...init() }));
          await show("Request", () => text(new Request(url, { method: "PUT", headers: { ...length(0), host: "a.example" } })));
          const front = Bun.serve({ port: 0, fetch: async (request) => fetch(url, { method: request.method, headers: request.headers, body: (await request.text()).repeat(2) }) });
          await show("another body with the fields of a request", () => text(front.url, { method: "POST", body: "ab" }));
          await front.stop(true);
          await server.stop(true);
        `,
      },
      prints: [
        "text POST 4 text",
        "shorter POST 4 text",
        "bytes POST 2 ab",
        "blob POST 4 blob",
        "form POST 3 a=b",
        "none POST 0 ",
        "none, to another host POST 0 ",
        "none, as it is POST 0 ",
        "stream POST 6 stream",
        "generator POST 2 ab",
        "chunked POST 4 text",
        "fields of the connection POST 4 text",
        "Request PUT 0 ",
        "another body with the fields of a request POST 4 abab",
      ].join("\n"),
    },
  ]);
});

describe("fetch through a proxy", () => {
  itRunsAsOnBun([
    {
      name: "asks the proxy for what it wants, and makes tunnels for https",
      files: {
        "key.pem": key,
        "cert.pem": cert,
        "main.ts": `${SHOW}${ECHO}${text}
          import { createServer } from "node:http";
          import { connect } from "node:net";
          const tls = { key: Bun.file("key.pem"), cert: Bun.file("cert.pem") };
          const secure = Bun.serve({ port: 0, tls, fetch: echo });
          const plain = Bun.serve({ port: 0, fetch: echo });
          let seen = "";
          let denies = false;
          const see = ({ method, url, headers }) => {
            seen = [method, url, headers.host, headers["proxy-authorization"] ?? "-", headers["x-to-proxy"] ?? "-"].join(" ");
          };
          const proxy = createServer((request, response) => { see(request); response.end("by proxy"); });
          proxy.on("connect", (request, socket) => {
            see(request);
            if (denies) { socket.end("HTTP/1.1 407 Proxy Authentication Required\\r\\nX-Why: because\\r\\nContent-Length: 0\\r\\n\\r\\n"); return; }
            const out = connect(secure.port, "127.0.0.1", () => { socket.write("HTTP/1.1 200 OK\\r\\n\\r\\n"); out.pipe(socket); socket.pipe(out); });
            for (const each of [out, socket]) each.on("error", () => {});
          });
          await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
          words.set(proxy.address().port, "PROXY").set(plain.port, "PLAIN").set(secure.port, "SECURE");
          const url = "http://127.0.0.1:" + proxy.address().port;
          const base = "http://127.0.0.1:" + plain.port + "/";
          const safe = "https://localhost:" + secure.port + "/";
          const via = (name, ...args) => show(name, async () => {
            seen = "direct";
            const got = await text(...args);
            return got + " | " + seen;
          });
          await via("http", "http://host.invalid/a?b", { proxy: url });
          await via("credentials", "http://host.invalid:81/", { proxy: url.replace("//", "//u:p%40@") });
          await via("headers", "http://host.invalid/", { proxy: { url: new URL(url), headers: { "X-To-Proxy": "1", "Proxy-Authorization": "mine" } } });
          denies = true;
          await via("denied", safe, { proxy: url, tls: { ca: tls.cert } });
          denies = false;
          await via("https", safe, { proxy: { url, headers: { "X-To-Proxy": "2" } }, tls: { ca: tls.cert } });
          await via("untrusted", safe, { proxy: url });
          await via("refused", "http://host.invalid/", { proxy: "http://127.0.0.1:2" });
          await via("socks", "http://host.invalid/", { proxy: "socks5://127.0.0.1:2" });
          await via("invalid", "http://host.invalid/", { proxy: "::" });
          for (const none of ["", null, {}, false]) await via("none", base, { proxy: none });
          await via("true", base, { proxy: true });
          process.env.HTTP_PROXY = url;
          await via("environment", "http://host.invalid/");
          await via("not", base, { proxy: false });
          process.env.NO_PROXY = "foo, 127.0.0.0/8 .b.invalid";
          await via("block", base);
          await via("block and option", base, { proxy: url });
          await via("option alone", base, { proxy: { url, respectNoProxy: false } });
          await via("domain", "http://a.b.invalid/");
          await via("other", "http://c.invalid/");
          delete process.env.HTTP_PROXY;
          process.env.ALL_PROXY = url.slice("http://".length);
          await via("all", "http://c.invalid/");
          process.env.ALL_PROXY = "socks5://127.0.0.1:2";
          await via("socks", base);
          process.exit();
        `,
      },
      prints: [
        "http by proxy | GET http://host.invalid/a?b host.invalid - -",
        "credentials by proxy | GET http://host.invalid:81/ host.invalid:81 Basic dTpwQA== -",
        "headers by proxy | GET http://host.invalid/ host.invalid mine 1",
        "denied Error ERR_PROXY_TUNNEL 407 Proxy Authentication Required because",
        "https GET localhost:SECURE / -  | CONNECT localhost:SECURE localhost:SECURE - 2",
        "untrusted TypeError DEPTH_ZERO_SELF_SIGNED_CERT  ",
        "refused TypeError ECONNREFUSED  ",
        "socks TypeError UnsupportedProxyProtocol  ",
        "invalid TypeError ERR_INVALID_ARG_VALUE  ",
        ...Array.from({ length: 4 }, () => "none GET 127.0.0.1:PLAIN / -  | direct"),
        "true TypeError ERR_INVALID_ARG_TYPE  ",
        "environment by proxy | GET http://host.invalid/ host.invalid - -",
        "not GET 127.0.0.1:PLAIN / -  | direct",
        "block GET 127.0.0.1:PLAIN / -  | direct",
        "block and option GET 127.0.0.1:PLAIN / -  | direct",
        "option alone by proxy | GET http://127.0.0.1:PLAIN/ 127.0.0.1:PLAIN - -",
        "domain TypeError ENOTFOUND  ",
        "other by proxy | GET http://c.invalid/ c.invalid - -",
        "all by proxy | GET http://c.invalid/ c.invalid - -",
        "socks GET 127.0.0.1:PLAIN / -  | direct",
      ].join("\n"),
    },
  ]);
});

describe("fetch with TLS options", () => {
  itRunsAsOnBun([
    {
      name: "trusts, names and checks what it is told to",
      files: {
        "key.pem": key,
        "cert.pem": cert,
        "main.ts": `${SHOW}${ECHO}${text}
          const [key, cert] = ["key.pem", "cert.pem"].map((path) => Bun.file(path));
          const server = Bun.serve({ port: 0, tls: { key, cert }, fetch: () => new Response("ok") });
          const at = (host) => "https://" + host + ":" + server.port + "/";
          const ca = await cert.text();
          const secure = (name, tls, host = "localhost") => show(name, () => text(at(host), { tls }));
          await secure("untrusted", undefined);
          await secure("not checked", { rejectUnauthorized: false });
          await secure("text", { ca });
          await secure("file", { ca: cert });
          await secure("list", { ca: [cert] });
          await secure("path", { caFile: "cert.pem", certFile: "cert.pem", keyFile: "key.pem" });
          await secure("no path", { caFile: 5 });
          await secure("path of nothing", { caFile: "none.pem" });
          await secure("bytes", { ca: await cert.bytes() });
          await secure("client's certificate", { ca, key, cert });
          await secure("named", { ca, serverName: "localhost" }, "127.0.0.1");
          await secure("other name", { ca, serverName: "other.invalid" });
          await secure("checked", { ca, checkServerIdentity: (host, { subject }) => console.log(host, typeof subject.CN) });
          await secure("refused", { ca, checkServerIdentity: () => new RangeError("no") });
          await secure("thrown", { ca, checkServerIdentity: () => { throw new RangeError("no"); } });
          await secure("async", { ca, checkServerIdentity: async () => {} });
          await secure("no function", { ca, checkServerIdentity: 1 });
          await secure("ignored", 1);
          process.exit();
        `,
      },
      prints: [
        "untrusted TypeError DEPTH_ZERO_SELF_SIGNED_CERT  ",
        "not checked ok",
        "text ok",
        "file ok",
        "list ok",
        "path ok",
        "no path TypeError ERR_INVALID_ARG_TYPE  ",
        "path of nothing TypeError ERR_INVALID_ARG_TYPE  ",
        "bytes ok",
        "client's certificate ok",
        "named ok",
        "other name TypeError ERR_TLS_CERT_ALTNAME_INVALID  ",
        "localhost string",
        "checked ok",
        "refused RangeError undefined  ",
        "thrown RangeError undefined  ",
        "async TypeError ERR_INVALID_RETURN_VALUE  ",
        "no function TypeError ERR_INVALID_ARG_TYPE  ",
        "ignored TypeError DEPTH_ZERO_SELF_SIGNED_CERT",
      ].join("\n"),
    },
    {
      name: "keeps the connection of calls with the same name",
      files: {
        "key.pem": key,
        "cert.pem": cert,
        "main.ts": `
          import { createServer } from "node:https";
          const [key, ca] = await Promise.all(["key.pem", "cert.pem"].map((path) => Bun.file(path).text()));
          let connections = 0;
          const server = createServer({ key, cert: ca }, (request, response) => response.end("ok"));
          server.on("secureConnection", () => connections++);
          await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
          const ask = async (serverName) =>
            (await fetch("https://127.0.0.1:" + server.address().port, { tls: { ca, serverName } })).text();
          for (let i = 0; i < 10; i++) await ask("localhost");
          // One that is not free yet when the next call comes has a second one beside it.
          console.log(connections < 5);
          await ask("b.invalid").catch((error) => console.log(error.code));
          process.exit();
        `,
      },
      prints: ["true", "ERR_TLS_CERT_ALTNAME_INVALID"].join("\n"),
    },
  ]);
});
