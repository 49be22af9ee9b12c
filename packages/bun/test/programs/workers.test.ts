import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

describe("the global Worker", () => {
  itRunsAsOnBun([
    {
      name: "runs TypeScript with the globals of Bun and of the web's workers",
      files: {
        "main.ts": `
          const worker = new Worker("./w");
          worker.onmessage = (event) => {
            console.log(JSON.stringify(event.data), event.constructor.name, event.target === worker);
            worker.postMessage("bye");
          };
          worker.addEventListener("close", (event) => console.log("close", event.code, event.reason, event.wasClean));
          console.log(Bun.isMainThread, typeof worker.threadId, worker instanceof EventTarget, String(worker));`,
        "w.ts": `
          import { x } from "@/x";
          enum Level { low = 3 }
          declare const self: Worker;
          self.onmessage = (event: MessageEvent) => {
            console.log("worker got", event.data, event.constructor.name);
            process.exit(3);
          };
          postMessage([x, Level.low, Bun.isMainThread, self === globalThis, typeof Bun.serve, Bun.main.endsWith("/w.ts"), process.argv.slice(2)]);`,
        "tsconfig.json": '{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}',
        "src/x.ts": 'export const x: string = "x";',
      },
      prints: [
        "true number true [object Worker]",
        '["x",3,false,true,"function",true,[]] MessageEvent true',
        "worker got bye MessageEvent",
        "close 3 Worker exited abnormally false",
      ].join("\n"),
    },
    {
      name: "listens on while a listener for one message has added another, and ends without one",
      files: {
        "main.ts": `
          const worker = new Worker("./w.ts");
          worker.onmessage = ({ data }) => {
            console.log(data);
            if (data === "first a") worker.postMessage("b");
          };
          worker.addEventListener("close", () => console.log("close"));
          worker.postMessage("a");`,
        "w.ts": `
          addEventListener("message", ({ data }) => {
            postMessage("first " + data);
            addEventListener("message", ({ data }) => postMessage("second " + data), { once: true });
          }, { once: true });`,
      },
      prints: ["first a", "second b", "close"].join("\n"),
    },
    {
      name: "a path from the current folder, a URL, a blob: URL, a data: URL",
      files: {
        "main.ts": 'import "./sub/m";',
        "sub/m.ts": `
          const script = new Blob(["const x: string = 'blob'; postMessage(x);"], { type: "application/typescript" });
          const files = ["sub/w.ts", "./sub/w", new URL("./w.ts", import.meta.url), import.meta.dir + "/w.ts",
            URL.createObjectURL(script), "data:text/javascript,postMessage('data')"];
          for (const file of files)
            await new Promise((resolve) => (new Worker(file).onmessage = (event) => resolve(console.log(event.data))));`,
        "sub/w.ts": 'postMessage("file");',
      },
      prints: "file\nfile\nfile\nfile\nblob\ndata",
    },
    {
      name: "a blob: URL of JSX, with and without a type",
      files: {
        "main.ts": `
          const jsx = "/** @jsxRuntime classic @jsx h */ const h = (tag: string) => tag; postMessage(<b>text</b>);";
          const plain = jsx.replace(": string", "");
          const automatic = "import { word } from './sub/word.ts'; const x: string = word; postMessage(<b>{x}</b>);";
          const scripts = [new Blob([jsx]), new File([jsx], "w.tsx"), new Blob([plain], { type: "text/jsx" }), new File([plain], "w.jsx"), new File([automatic], "a.tsx"), new Blob(["postMessage(<b>alone</b>)"])];
          for (const script of scripts)
            await new Promise((resolve) => {
              const worker = new Worker(URL.createObjectURL(script));
              worker.onmessage = (event) => resolve(console.log(event.data));
              worker.onerror = (event) => resolve(console.log(event.message));
            });`,
        "sub/word.ts": 'export const word = "text";',
        "node_modules/react/jsx-dev-runtime.js": "exports.jsxDEV = (tag, { children }) => tag + children;",
      },
      prints: "b\nb\nb\nb\nbtext\nbalone",
    },
    {
      name: "options: preload, env, argv, name, smol",
      files: {
        "main.ts": `
          const worker = new Worker("./w.ts", {
            name: "name", type: "module", smol: true, preload: ["./p.ts"], env: { B: "2" }, argv: ["x", "y"],
          });
          worker.onmessage = (event) => console.log(JSON.stringify(event.data));`,
        "p.ts": 'globalThis.before = "preloaded" as string;',
        "w.ts": "postMessage([globalThis.before, process.env.B, Bun.env.B, process.argv.slice(2)]);",
      },
      prints: '["preloaded","2","2",["x","y"]]',
    },
    {
      name: "ends when it has nothing to do; a listener for messages keeps it; terminate() ends it",
      files: {
        "main.ts": `
          const run = (file: string) => new Promise<void>((resolve) => {
            const worker = new Worker(file);
            worker.addEventListener("message", (event) => {
              console.log(event.data);
              if (event.data === "pong") worker.terminate(); else worker.postMessage("ping");
            });
            worker.addEventListener("close", (event) => { console.log("close", event.code); resolve(); });
          });
          await run("./ends.ts"); await run("./listens.ts"); await run("./stops.ts");`,
        "ends.ts": 'postMessage("done");',
        "listens.ts": 'addEventListener("message", () => postMessage("pong")); postMessage("ready");',
        "stops.ts": `
          const listener = (event: MessageEvent) => { postMessage("got " + event.data); removeEventListener("message", listener); };
          addEventListener("message", listener); postMessage("ready");`,
      },
      prints: "done\nclose 0\nready\npong\nclose 0\nready\ngot ping\nclose 0",
    },
    {
      name: "unref() and ref: false let the program end",
      files: {
        "main.ts": `
          new Worker("./w.ts").unref();
          new Worker("./w.ts", { ref: false });
          console.log("end");`,
        "w.ts": "setInterval(() => {}, 1000);",
      },
      prints: "end",
    },
    {
      name: "an error of a worker is an event, and does not end the program",
      files: {
        "main.ts": `
          const run = (file: string) => new Promise<void>((resolve) => {
            const worker = new Worker(file);
            worker.onerror = (event) => console.log(event.constructor.name, event.message.includes("boom"));
            worker.addEventListener("close", (event) => { console.log("close", event.code); resolve(); });
          });
          await run("./throws.ts"); await run("./later.ts"); await run("./rejects.ts");
          const missing = new Worker("./none.ts");
          missing.onerror = (event) => console.log(event.message.includes("none.ts"));
          await new Promise((resolve) => missing.addEventListener("close", resolve));
          const unheard = new Worker("./throws.ts");
          const listener = () => console.log("is removed");
          unheard.addEventListener("error", listener);
          unheard.removeEventListener("error", listener);
          await new Promise((resolve) => unheard.addEventListener("close", resolve));
          console.log("goes on");`,
        "throws.ts": 'throw new TypeError("boom");',
        "later.ts": 'setTimeout(() => { throw new Error("boom"); });',
        "rejects.ts": 'Promise.reject(new Error("boom"));',
      },
      prints: "ErrorEvent true\nclose 1\nErrorEvent true\nclose 1\nErrorEvent true\nclose 1\ntrue\ngoes on",
      complains: /TypeError: boom/,
    },
    {
      name: "transfers buffers and ports, and shares memory; workers start workers",
      files: {
        "main.ts": `
          const worker = new Worker("./w.ts");
          const buffer = new ArrayBuffer(8);
          worker.postMessage(buffer, [buffer]);
          const shared = new SharedArrayBuffer(4);
          const { port1, port2 } = new MessageChannel();
          worker.postMessage({ port: port1, shared }, { transfer: [port1] });
          port2.onmessage = (event) => {
            console.log(buffer.byteLength, event.data, new Int32Array(shared)[0]);
            worker.terminate(); port2.close();
          };`,
        "w.ts": `
          self.onmessage = (event) => {
            if (!event.data.port) return;
            new Int32Array(event.data.shared)[0] = 7;
            new Worker("./inner.ts").onmessage = (inner) => event.data.port.postMessage(inner.data);
          };`,
        "inner.ts": 'postMessage("inner");',
      },
      prints: "0 inner 7",
    },
    {
      name: "a server in a worker",
      files: {
        "main.ts": `
          const worker = new Worker("./w.ts");
          worker.onmessage = async (event) => {
            console.log(await (await fetch(event.data)).text());
            worker.terminate();
          };`,
        "w.ts": `
          const server = Bun.serve({ port: 0, fetch: () => new Response("from a worker") });
          postMessage(server.url.href);`,
      },
      prints: "from a worker",
    },
    {
      name: "wrong arguments",
      files: {
        "main.ts": `
          const wrong = [() => Worker("./w.ts"), () => new Worker(), () => new Worker(5),
            () => new Worker("./w.ts", { env: 5 }), () => new Worker("./w.ts", { argv: 5 })];
          for (const make of wrong) try { make(); console.log("made"); } catch (error) { console.log(error.name); }`,
        "w.ts": "",
      },
      prints: "TypeError\nTypeError\nTypeError\nTypeError\nTypeError",
    },
  ]);
});

describe("node:worker_threads and child processes", () => {
  itRunsAsOnBun([
    {
      name: "a Worker reads modules as the program does, whichever import it comes from",
      files: {
        "main.ts": `
          import { Worker } from "node:worker_threads";
          import * as threads from "worker_threads";
          const required = require("worker_threads").Worker;
          const run = (Class: typeof Worker, file: string | URL) => new Promise<void>((resolve) => {
            const worker = new Class(file, { workerData: { a: 1 } });
            worker.on("message", (message) => console.log(JSON.stringify(message)));
            worker.on("exit", (code) => { console.log(code); resolve(); });
          });
          run(Worker, new URL("./w.ts", import.meta.url)).then(() => run(threads.Worker, "./w.ts")).then(() => run(required, "./c.ts"));`,
        "w.ts": `
          import { parentPort, workerData, isMainThread } from "worker_threads";
          import { x } from "@/x";
          enum Level { low = 3 }
          parentPort!.postMessage([workerData, isMainThread, Bun.isMainThread, x, Level.low]);`,
        "c.ts":
          'const { parentPort, workerData } = require("worker_threads"); parentPort.postMessage([workerData, require("@/x").x]);',
        "tsconfig.json": '{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}',
        "src/x.ts": 'export const x: string = "x";',
      },
      prints: '[{"a":1},false,false,"x",3]\n0\n[{"a":1},false,false,"x",3]\n0\n[{"a":1},"x"]\n0',
    },
    {
      name: "fork and cluster start programs of TypeScript",
      files: {
        "main.ts": `
          import { fork } from "node:child_process";
          import cluster from "node:cluster";
          if (cluster.isPrimary) {
            const child = fork("./child.ts", ["a"]);
            child.on("message", (message) => console.log(JSON.stringify(message)));
            child.on("exit", () => {
              const worker = cluster.fork();
              worker.on("message", (message) => { console.log(message); worker.kill(); });
            });
          } else process.send!("clustered " + (typeof Bun satisfies string));`,
        "child.ts":
          "enum Level { low = 3 } process.send!([Level.low, typeof Bun, process.argv.slice(2)]); process.disconnect!();",
      },
      prints: '[3,"object",["a"]]\nclustered object',
    },
  ]);
});
