import { cert, key } from "@mantou/testing/tls";
import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

describe("programs find", () => {
  itRunsAsOnBun([
    {
      name: "the WebSocket of Bun, on each Node.js: with pings, TLS options, and Buffers by default",
      files: {
        "key.pem": key,
        "cert.pem": cert,
        "main.ts": `
          const server = Bun.serve({
            port: 0,
            tls: { key: Bun.file("key.pem"), cert: Bun.file("cert.pem") },
            fetch: (request, server) => void server.upgrade(request),
            websocket: { message: (ws, message) => void ws.send(message), ping: (_, data) => console.log("ping", String(data)) },
          });
          for (const type of [null, "arraybuffer", "nodebuffer"]) {
            const socket = new WebSocket(server.url.href.replace("http", "ws"), { tls: { rejectUnauthorized: false } } as never);
            if (type) socket.binaryType = type as never;
            const data = await new Promise((resolve, reject) => {
              socket.onopen = () => ((socket as any).ping("p"), socket.send(new Uint8Array([1, 2])));
              socket.onmessage = (event) => resolve(event.data);
              socket.onerror = reject;
            });
            console.log(socket.binaryType, (data as object).constructor.name, socket.constructor.name, typeof (socket as any).terminate);
            socket.close();
          }
          console.log(WebSocket.length);
          try {
            new (WebSocket as any)();
          } catch (error) {
            console.log((error as Error).name);
          }
          await server.stop(true);`,
      },
      prints: [
        "ping p",
        "nodebuffer Buffer WebSocket function",
        "ping p",
        "arraybuffer ArrayBuffer WebSocket function",
        "ping p",
        "nodebuffer Buffer WebSocket function",
        "1",
        "TypeError",
      ].join("\n"),
    },
    {
      name: "the WebSocket whose TLS options are files, or bytes of each type",
      files: {
        "key.pem": key,
        "cert.pem": cert,
        "main.ts": `
          const tls = { key: Bun.file("key.pem"), cert: Bun.file("cert.pem") };
          const server = Bun.serve({
            port: 0,
            tls: { ...tls, ca: Bun.file("cert.pem"), requestCert: true },
            fetch: (request, server) => void server.upgrade(request),
            websocket: { message() {} },
          });
          const url = "wss://localhost:" + server.port;
          const text = await Bun.file("cert.pem").text();
          const bytes = new TextEncoder().encode(text);
          const file = Bun.file("cert.pem");
          for (const ca of [file, [file], [text, file], file.slice(0, file.size), bytes, bytes.buffer, new DataView(bytes.buffer), text]) {
            const socket = new WebSocket(url, { tls: { ...tls, ca } } as never);
            console.log(await new Promise((resolve) => {
              socket.onopen = () => resolve("open");
              socket.onerror = (event) => resolve((event as ErrorEvent).message);
            }));
            socket.terminate();
          }
          for (const ca of [Bun.file("missing.pem"), 5]) {
            try {
              new WebSocket(url, { tls: { ca } } as never);
            } catch (error) {
              console.log((error as Error).name, (error as { code: string }).code);
            }
          }
          await server.stop(true);`,
      },
      prints: [...Array(8).fill("open"), "Error ENOENT", "TypeError ERR_INVALID_ARG_TYPE"].join("\n"),
    },
    {
      name: "the members of WebSocket on its own prototype, and subclasses of it",
      files: {
        "main.ts": `
          const own = (object: object, name: string) => Object.getOwnPropertyDescriptor(object, name)!;
          const { prototype } = WebSocket;
          console.log(Object.getPrototypeOf(WebSocket) === EventTarget, Object.getPrototypeOf(prototype) === EventTarget.prototype);
          for (const name of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"])
            console.log(name, JSON.stringify([own(WebSocket, name), own(prototype, name)]));
          for (const name of ["url", "readyState", "bufferedAmount", "extensions", "protocol", "onopen", "onmessage", "onerror", "onclose", "binaryType"])
            console.log(name, own(prototype, name).enumerable, typeof own(prototype, name).get, typeof own(prototype, name).set);
          for (const name of ["send", "close", "ping", "terminate"]) console.log(name, own(prototype, name).enumerable, typeof own(prototype, name).value);
          class Own extends WebSocket {
            #extra = 5;
            get extra() { return this.#extra; }
          }
          const socket = new Own("ws://127.0.0.1:9/", "chat");
          socket.onerror = () => {};
          console.log(socket.extra, socket instanceof WebSocket, socket instanceof EventTarget, WebSocket.prototype.constructor === WebSocket, String(socket));
          console.log((socket as unknown as { URL: string }).URL, Object.keys(prototype).includes("URL"));
          console.log(Object.keys(WebSocket).sort().join(), Object.getOwnPropertyNames(socket).length, socket.binaryType, own(prototype, "url").get!.call(socket));
          socket.onclose = ({ code, wasClean }) => console.log(code, wasClean);`,
      },
      prints: [
        "true true",
        ...["CONNECTING", "OPEN", "CLOSING", "CLOSED"].map((name, value) => {
          const constant = { value, writable: false, enumerable: true, configurable: false };
          return `${name} ${JSON.stringify([constant, constant])}`;
        }),
        ...["url", "readyState", "bufferedAmount", "extensions", "protocol"].map(
          (name) => `${name} true function undefined`,
        ),
        ...["onopen", "onmessage", "onerror", "onclose", "binaryType"].map(
          (name) => `${name} true function function`,
        ),
        ...["send", "close", "ping", "terminate"].map((name) => `${name} true function`),
        "5 true true true [object WebSocket]",
        "ws://127.0.0.1:9/ false",
        "CLOSED,CLOSING,CONNECTING,OPEN 0 nodebuffer ws://127.0.0.1:9/",
        "1006 false",
      ].join("\n"),
    },
    {
      name: "URLPattern, navigator, and data by the earlier name of import attributes; modules may hide the names of the language",
      files: {
        "main.ts": `
          import data from "./data.json" assert { type: "json" };
          import text from "./more.json" assert { type: "text" };
          import { name } from "pkg";
          const pattern = new URLPattern({ pathname: "/users/:id{.:ending}?" });
          const { id, ending } = pattern.exec("http://localhost/users/7.json")!.pathname.groups;
          console.log(data.a, text.length, name, id, ending, pattern.test({ pathname: "/x" }), pattern instanceof URLPattern);
          const { userAgent, platform, hardwareConcurrency } = navigator;
          console.log(userAgent === "Bun/" + Bun.version, typeof platform, hardwareConcurrency > 0, String(navigator));
          process.once("uncaughtException", (error) => console.log("reported", error.message));
          reportError(new Error("own"));
          globalThis.navigator = { own: true } as never;
          console.log(JSON.stringify([(navigator as { own?: boolean }).own, await import("./hides")]));`,
        "data.json": '{ "a": 1 }',
        "more.json": "[1, 2]",
        "hides.ts": `
          export class Symbol {}
          export const globalThis = 3, path = [typeof require, __filename.endsWith("hides.ts"), import.meta.file];`,
        "node_modules/pkg/package.json": '{ "name": "pkg", "type": "module", "main": "index.js" }',
        "node_modules/pkg/index.js": `
          import config from "./config.json" assert { type: "json" };
          class Symbol {}
          export const name = config.name + typeof require + new Symbol().constructor.name;`,
        "node_modules/pkg/config.json": '{ "name": "pkg" }',
      },
      prints: [
        "1 6 pkgfunctionSymbol 7 json false true",
        "true string true [object Navigator]",
        "reported own",
        '[true,{"globalThis":3,"path":["function",true,"hides.ts"]}]',
      ].join("\n"),
    },
    {
      name: "members of the web's classes that Bun adds, and files of Bun.file in forms and Blobs",
      files: {
        "main.ts": `
          const form = new FormData();
          form.append("file", Bun.file("data.json"));
          form.append("part", Bun.file("./data.json").slice(1, 4), "part.txt");
          form.append("text", "a");
          form.append("text", "b");
          const got = await new Response(form).formData();
          const names = ["file", "part"].map((name) => got.get(name) as File);
          console.log(JSON.stringify([names.map(({ name, size }) => [name, size]), await names[0]!.text(), await names[1]!.text()]));
          console.log(JSON.stringify([new FormData(), form.getAll("text"), form.length]), (form.get("file") as File).type);
          try {
            form.set("file", Bun.file("missing"));
            await (form.get("file") as File).text();
          } catch (error) {
            console.log((error as { code?: string }).code);
          }
          const blob = new Blob(["[", Bun.file("data.json"), "]"], { type: "text/x" });
          console.log(blob.size, await blob.text(), blob.type, blob.constructor === Blob, blob instanceof Blob, new Blob().size);
          console.log(new File([Bun.file("data.json")], "f").size, JSON.stringify(await blob.json()));
          class Own extends File {}
          console.log(new Own(["x"], "own") instanceof Own, Blob.name, File.name, structuredClone(blob).size);
          const { searchParams } = new URL("http://x/?a=1&b=2&a=3&__proto__=4");
          console.log(JSON.stringify({ searchParams }), searchParams.length);
          console.log(crypto.timingSafeEqual(new Uint8Array(2), new Uint8Array(2)), typeof crypto.subtle.digest);
          const parts = new ReadableStream({
            start(controller) {
              for (const part of ["t", new Uint8Array([101]), new Uint8Array([120, 116]).buffer]) controller.enqueue(part);
              controller.close();
            },
          });
          console.log(await new Response(parts).text(), (await Bun.file("data.json").bytes()).constructor.name);`,
        "data.json": '{"a":1}',
      },
      prints: [
        '[[["data.json",7],["part.txt",3]],"{\\"a\\":1}","\\"a\\""]',
        '[{},["a","b"],4] application/json;charset=utf-8',
        "ENOENT",
        '9 [{"a":1}] text/x true true 0',
        '7 [{"a":1}]',
        "true Blob File 9",
        '{"searchParams":{"a":["1","3"],"b":"2","__proto__":"4"}} 4',
        "true function",
        "text Uint8Array",
      ].join("\n"),
      onBun: {
        why: "Bun leaves a file out that stands beside other parts of a Blob",
        prints: [
          '[[["data.json",7],["part.txt",3]],"{\\"a\\":1}","\\"a\\""]',
          '[{},["a","b"],4] application/json;charset=utf-8',
          "ENOENT",
          "2 [] text/x true true 0",
          "7 []",
          "true Blob File 2",
          '{"searchParams":{"a":["1","3"],"b":"2","__proto__":"4"}} 4',
          "true function",
          "text Uint8Array",
        ].join("\n"),
      },
    },
    {
      name: "the lines of the console: what has come when a loop is left belongs to the next one, half a character too",
      files: {
        "main.ts": `
          const code = "const one = async () => { for await (const line of console) return line; }; console.log(await one()); console.log(await one());";
          const child = Bun.spawn([process.execPath, "-e", code], { stdin: "pipe", stdout: "pipe" });
          const reader = child.stdout.getReader();
          const next = async () => new TextDecoder().decode((await reader.read()).value).trim();
          child.stdin.write(new Uint8Array([97, 10, 115, 0xc3]));
          await child.stdin.flush();
          console.log(await next());
          child.stdin.write(new Uint8Array([0xa4, 10]));
          await child.stdin.end();
          console.log(await next());`,
      },
      prints: "a\nsä",
      onBun: { why: "Bun loses the beginning of such a line", prints: "a\n\ufffd" },
    },
  ]);
});
