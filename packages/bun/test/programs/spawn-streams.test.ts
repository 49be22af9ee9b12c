import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

describe("the output of a process", () => {
  itRunsAsOnBun([
    {
      name: "makes the process wait for a reader, and for no program that does not read",
      files: {
        "main.ts": `
          for (const mode of ["none", "a stream", "a reader", "one read"]) {
            const child = Bun.spawn(["head", "-c", "20000000", "/dev/zero"]);
            const reader = mode === "a reader" || mode === "one read" ? child.stdout.getReader() : mode === "none" ? null : child.stdout;
            if (mode === "one read") await (reader as ReadableStreamDefaultReader).read();
            console.log(mode, await Promise.race([child.exited, Bun.sleep(mode === "none" || mode === "a stream" ? 20_000 : 300).then(() => "waits")]));
            if (reader !== null && "read" in reader) {
              let bytes = 0;
              for (let next = await reader.read(); !next.done; next = await reader.read()) bytes += next.value.length;
              console.log(bytes > 19_000_000, await child.exited);
            }
          }
          process.exit();
        `,
      },
      prints: "none 0\na stream 0\na reader waits\ntrue 0\none read waits\ntrue 0",
    },
    {
      name: "waits for a slow client, and does not fill the memory of the server",
      files: {
        "main.ts": `
          import { connect } from "node:net";
          const rss = () => process.memoryUsage.rss() / 2 ** 20;
          const server = Bun.serve({ port: 0, fetch: () => new Response(Bun.spawn(["head", "-c", "400000000", "/dev/zero"]).stdout) });
          const client = connect(server.port!, "127.0.0.1").pause();
          const before = rss();
          client.write("GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n");
          let most = 0;
          for (let i = 0; i < 10; i++) { await Bun.sleep(100); most = Math.max(most, rss() - before); }
          console.log(most < 150);
          process.exit();
        `,
      },
      prints: "true",
    },
  ]);
});

describe("streams as the input of a process", () => {
  itRunsAsOnBun([
    {
      name: "are refused at once where something else reads them, or has read some of them",
      files: {
        "main.ts": `
          const body = () => new Response("abc");
          const locked = () => { const response = body(); response.body!.getReader(); return response; };
          const read = async () => { const response = body(); const reader = response.body!.getReader(); await reader.read(); reader.releaseLock(); return response; };
          const request = new Request("http://a/", { method: "POST", body: "abc" });
          request.body!.getReader();
          for (const stdin of [locked(), locked().body!, await read(), (await read()).body!, request]) {
            try {
              Bun.spawn(["cat"], { stdin });
              console.log("spawned");
            } catch (error) {
              console.log((error as { code: string }).code);
            }
          }
        `,
      },
      prints:
        "ERR_BODY_ALREADY_USED\nERR_INVALID_STATE\nERR_BODY_ALREADY_USED\nERR_INVALID_STATE\nERR_BODY_ALREADY_USED",
    },
    {
      name: "the upload of a client that leaves ends the input, and not the server",
      files: {
        "main.ts": `
          import { connect, type Socket } from "node:net";
          const server = Bun.serve({
            port: 0,
            async fetch(request) {
              const child = Bun.spawn(["cat"], { stdin: request.url.endsWith("body") ? request.body! : request });
              let bytes = 0;
              for await (const chunk of child.stdout) {
                bytes += chunk.length;
                if (bytes === 5000) client?.destroy();
              }
              console.log(new URL(request.url).pathname, bytes, await child.exited);
              ended?.();
              return new Response();
            },
          });
          let ended: (() => void) | undefined;
          let client: Socket | undefined;
          for (const path of ["/body", "/request"]) {
            const isEnded = new Promise<void>((resolve) => { ended = resolve; });
            client = connect(server.port!, "127.0.0.1");
            client.write("POST " + path + " HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 100000\\r\\n\\r\\n" + "a".repeat(5000));
            await isEnded;
          }
          console.log("goes on");
          process.exit();
        `,
      },
      prints: "/body 5000 0\n/request 5000 0\ngoes on",
    },
    {
      name: "an error of the stream ends the input, as does a chunk that is no bytes, and nothing is unhandled",
      files: {
        "main.ts": `
          const cat = async (stdin: ReadableStream) => {
            const child = Bun.spawn(["cat"], { stdin });
            console.log(JSON.stringify(await new Response(child.stdout).text()), await child.exited);
          };
          await cat(new ReadableStream({ pull(controller) { controller.error(new Error("at once")); } }));
          await cat(new ReadableStream({ async pull(controller) { controller.enqueue(new Uint8Array([65])); await Bun.sleep(5); controller.error(new Error("late")); } }));
          await cat(new ReadableStream({ async pull() { await Bun.sleep(5); throw new Error("thrown"); } }));
          await cat(new ReadableStream({ pull(controller) { controller.enqueue({}); } }));
          const child = Bun.spawn(["true"], { stdin: new ReadableStream({ async pull() { await Bun.sleep(5); }, cancel() { throw new Error("in cancel"); } }) });
          console.log(await child.exited);
          await Bun.sleep(20);
        `,
      },
      prints: '"" 0\n"A" 0\n"" 0\n"" 0\n0',
    },
    {
      name: "a long stream leaves nothing behind",
      args: ["--expose-gc", "main.ts"],
      files: {
        "main.ts": `
          const used = () => { Bun.gc(true); return process.memoryUsage().heapUsed; };
          const chunk = new Uint8Array([97]);
          let sent = 0;
          let before = 0;
          const stdin = new ReadableStream({
            pull(controller) {
              if (sent === 1000) before = used();
              if (sent++ < 40_000) return controller.enqueue(chunk);
              console.log(used() - before < 4_000_000);
              controller.close();
            },
          }, { highWaterMark: 0 });
          console.log(await Bun.spawn(["cat"], { stdin, stdout: "ignore" }).exited);
        `,
      },
      prints: "true\n0",
    },
  ]);
});

describe("the messages of a process", () => {
  itRunsAsOnBun([
    {
      name: "arrive, also where another process runs the program for the command",
      files: {
        "main.ts": `
          for (const args of [[], ["--conditions=react-server"], ["--watch"]]) {
            let end: () => void;
            const isEnd = new Promise<void>((resolve) => { end = resolve; });
            const child = Bun.spawn(["bun", ...args, "child.ts"], {
              stdout: "inherit",
              ipc(message, child) {
                console.log("parent", message.text.length);
                if (message.text === "end") end();
                else child.send({ received: message.text.length });
              },
            });
            await isEnd;
            console.log(await child.exited);
          }
        `,
        "child.ts": `
          process.on("message", (message) => {
            console.log("child", JSON.stringify(message));
            process.send!({ text: "end" }, undefined, undefined, () => process.exit(3));
          });
          process.send!({ text: "a".repeat(300_000) });
        `,
      },
      prints: 'parent 300000\nchild {"received":300000}\nparent 3\n3\n'.repeat(3).trim(),
    },
    {
      name: "end with the channel, which each side may close, and go through JSON",
      files: {
        "main.ts": `
          for (const args of [[], ["--conditions=react-server"]]) {
            const closed = Promise.withResolvers<void>();
            const own = Bun.spawn(["bun", ...args, "child.ts", "own"], { serialization: "json", stdout: "inherit", ipc(m) { console.log(m); }, onDisconnect: () => closed.resolve() });
            await closed.promise;
            console.log("closed", await own.exited);
            const ready = Promise.withResolvers<void>();
            const other = Bun.spawn(["bun", ...args, "child.ts", "other"], { serialization: "json", stdout: "inherit", ipc: () => ready.resolve() });
            await ready.promise;
            other.disconnect();
            console.log(await other.exited);
          }
        `,
        "child.ts": `
          process.on("disconnect", () => { console.log("disconnect"); });
          process.send!("sent");
          if (process.argv[2] === "own") setTimeout(() => process.disconnect(), 20);
          else process.on("message", () => {});
        `,
      },
      prints: "sent\ndisconnect\nclosed 0\ndisconnect\n0\n".repeat(2).trim(),
    },
    {
      name: "have the format of the channel, and one that it cannot carry is the program's error",
      files: {
        "main.ts": `
          for (const args of [[], ["--conditions=react-server"], ["--watch"]]) {
            const child = Bun.spawn(["bun", ...args, "child.ts"], { serialization: "json", ipc(m) { console.log(JSON.stringify(m)); } });
            console.log(await child.exited);
          }
        `,
        "child.ts": `
          try { process.send!({ text: 1n }); } catch {}
          process.send!({ url: new URL("http://a/"), call() {} }, undefined, undefined, () => process.exit(3));
        `,
      },
      prints: '{"url":"http://a/"}\n3\n'.repeat(3).trim(),
    },
    {
      name: "arrive before the signal that ends a program",
      files: {
        "main.ts": `
          for (const args of [[], ["--conditions=react-server"]]) {
            const child = Bun.spawn(["bun", ...args, "child.ts"], { ipc(message) { console.log(message.length); } });
            console.log(await child.exited);
          }
        `,
        "child.ts": `
          process.send!("a".repeat(3_000_000));
          process.send!("last", undefined, undefined, () => process.kill(process.pid, "SIGKILL"));
        `,
      },
      prints: "3000000\n4\n137\n".repeat(2).trim(),
    },
    {
      name: "end for a program that is watched when its parent closes the channel, and the command ends with it",
      files: {
        "main.ts": `
          const ready = Promise.withResolvers<void>();
          const child = Bun.spawn(["bun", "--watch", "child.ts"], { stdout: "inherit", ipc: () => ready.resolve() });
          await ready.promise;
          child.disconnect();
          console.log(await child.exited);
        `,
        "child.ts": `
          process.on("disconnect", () => { process.exit(5); });
          process.send!("ready");
        `,
      },
      prints: "5",
    },
  ]);
});
