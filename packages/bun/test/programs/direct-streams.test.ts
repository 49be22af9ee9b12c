import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

/** Reads a stream chunk by chunk, and prints what its source has written to `log`, its chunks and its end. */
const READ = `
  const log: unknown[] = [];
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const text = (chunk: Uint8Array) => new TextDecoder().decode(chunk);
  async function read(source: object, strategy?: object): Promise<void> {
    log.length = 0;
    try {
      const reader = new ReadableStream({ type: "direct", ...source } as never, strategy as never).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        log.push(value instanceof Uint8Array ? text(value) : "no bytes");
      }
      log.push("done");
    } catch (error) {
      log.push(String(error));
    }
    console.log(JSON.stringify(log));
  }
`;

describe("direct streams that a reader reads", () => {
  itRunsAsOnBun([
    {
      name: "give what is written in one call as one chunk, and what is written later as the next",
      files: {
        "main.ts": `${READ}
          await read({ pull(c) { log.push(c.write("a"), c.write("é")); c.close(); } });
          await read({ pull(c) { c.write("a"); c.flush(); c.write("b"); c.end(); } });
          await read({ async pull(c) { c.write("a"); await sleep(1); c.write("b"); await sleep(1); c.close(); } });
          let held = false;
          await read({ pull(c) {
            if (held) return;
            held = true;
            setTimeout(() => { c.write("1"); setTimeout(() => { c.write("2"); c.close(); }, 1); }, 1);
          } });
        `,
      },
      prints: ['[1,2,"aé","done"]', '["ab","done"]', '["a","b","done"]', '["1","2","done"]'].join("\n"),
    },
    {
      name: "are asked again for each read until they are closed",
      files: {
        "main.ts": `${READ}
          let n = 0;
          const pull = (c) => { log.push("pull"); c.write(String(n++)); if (n === 3) c.close(); };
          await read({ pull });
          n = 0;
          await read({ pull: async (c) => pull(c) });
          let pulls = 0;
          new ReadableStream({ type: "direct", pull() { pulls++; } } as never);
          await sleep(1);
          console.log(pulls);
        `,
      },
      prints: `${'["pull","0","pull","1","pull","2","done"]\n'.repeat(2)}0`,
    },
    {
      name: "take text, views and buffers, and copy them",
      files: {
        "main.ts": `${READ}
          const same = new Uint8Array([65]);
          await read({ pull(c) { c.write(same); same[0] = 66; c.write(same); c.close(); } });
          await read({ pull(c) { log.push(c.write(new Uint16Array([65])), c.write(new ArrayBuffer(2)), c.write("")); c.close(); } });
          for (const value of [1, null, undefined, {}, new Blob(["q"])]) {
            await read({ pull(c) {
              try { c.write(value); } catch (error) { log.push(error.name, error.message, error.code); }
              c.close();
            } });
          }
        `,
      },
      prints: [
        '["AB","done"]',
        '[2,2,0,"A\\u0000\\u0000\\u0000","done"]',
        ...[
          "INVALID_ARG_TYPE",
          "STREAM_NULL_VALUES",
          "STREAM_NULL_VALUES",
          "INVALID_ARG_TYPE",
          "INVALID_ARG_TYPE",
        ].map(
          (code) =>
            `["TypeError","write() expects a string, ArrayBufferView, or ArrayBuffer","ERR_${code}","done"]`,
        ),
      ].join("\n"),
    },
    {
      name: "fail with the error of their source, and drop what is buffered",
      files: {
        "main.ts": `${READ}
          await read({ pull(c) { c.write("a"); throw new Error("thrown"); } });
          await read({ async pull(c) { c.write("a"); await sleep(1); throw new Error("rejected"); } });
          await read({ pull(c) { c.write("a"); c.close(new Error("closed")); } });
          await read({ pull(c) { c.write("a"); c.error(new Error("error()")); } });
          await read({ pull: "no function" });
        `,
      },
      prints: [
        '["Error: thrown"]',
        '["a","Error: rejected"]',
        '["Error: closed"]',
        '["Error: error()"]',
        `["TypeError: The underlying source's 'pull' property must be a function"]`,
      ].join("\n"),
    },
    {
      name: "tell their source when the reader is slow, and when it has gone",
      files: {
        "main.ts": `${READ}
          await read({ async pull(c) {
            for (let i = 0; i < 3; i++) { const w = c.write("yyyy"); log.push(w instanceof Promise ? "full" : w); }
            c.close();
          } }, { highWaterMark: 6 });
          let later;
          const stream = new ReadableStream({
            type: "direct",
            pull(c) { later = c; c.write("a"); },
            cancel(reason) { console.log("cancel", reason); },
          } as never);
          const reader = stream.getReader();
          console.log(text((await reader.read()).value), await reader.cancel("why"), later.write("b"));
        `,
      },
      prints: '[4,"full","full","yyyyyyyyyyyy","done"]\ncancel why\na undefined 0',
    },
    {
      name: "are ReadableStreams",
      files: {
        "main.ts": `
          class Sub extends ReadableStream {}
          const source = () => ({ type: "direct", pull(c) { c.write("k"); c.close(); } }) as never;
          const stream = new ReadableStream(source());
          console.log(stream instanceof ReadableStream, stream.constructor === ReadableStream, String(stream));
          console.log(new Sub(source()) instanceof Sub, await new Response(new Sub(source())).text());
          console.log(new Response("x").body instanceof ReadableStream, new Blob(["x"]).stream() instanceof ReadableStream);
          const [one, two] = stream.tee();
          console.log(await new Response(one).text(), await new Response(two).text());
          const through = new ReadableStream(source()).pipeThrough(new TextDecoderStream());
          for await (const chunk of through) console.log(chunk);
        `,
      },
      prints: "true true [object ReadableStream]\ntrue k\ntrue true\nk k\nk",
    },
  ]);
});

describe("direct streams that are taken whole", () => {
  itRunsAsOnBun([
    {
      name: "end with the promise of one call",
      files: {
        "main.ts": `
          const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
          const body = (pull) => new ReadableStream({ type: "direct", pull } as never);
          console.log(await new Response(body(async (c) => { c.write("a"); await sleep(1); c.write("b"); })).text());
          console.log(await new Response(body((c) => { c.write("a"); setTimeout(() => c.close(), 5); })).text());
          console.log(JSON.stringify(await new Response(body(async (c) => { c.write("{}"); })).json()));
          for (const pull of [async () => { throw new Error("rejected"); }, () => { throw new Error("thrown"); }]) {
            console.log(await new Response(body(pull)).text().catch(String));
          }
        `,
      },
      prints: "ab\na\n{}\nError: rejected\nError: thrown",
    },
    {
      name: "are written to a file, and are the input of a process",
      files: {
        "main.ts": `
          const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
          const body = (pull) => {
            let calls = 0;
            return new ReadableStream({
              type: "direct",
              pull(c) {
                if (++calls === 1) return pull(c);
                console.log("called again");
                throw new Error();
              },
            } as never);
          };
          const behind = async (c) => { c.write("a"); await sleep(1); c.write("b"); };
          const held = (c) => { c.write("a"); setTimeout(() => { c.write("b"); c.close(); }, 5); };
          for (const pull of [behind, held]) {
            for (const data of [body(pull), new Response(body(pull))])
              console.log(await Bun.write("out.txt", data), await Bun.file("out.txt").text());
            for (const stdin of [body(pull), new Response(body(pull))]) {
              const child = Bun.spawn(["cat"], { stdin });
              console.log(await child.stdout.text(), await child.exited);
            }
          }
        `,
      },
      prints: "2 ab\n2 ab\nab 0\nab 0\n".repeat(2).trim(),
    },
    {
      name: "are the body of a response, which leaves chunk by chunk",
      files: {
        "main.ts": `
          import { connect } from "node:net";
          const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
          const log = [];
          let gone = () => {};
          const sources = {
            "/whole": { pull(c) { c.write("a"); c.write("b"); c.close(); } },
            "/chunks": { async pull(c) {
              c.write("a"); await c.flush(); await sleep(30);
              c.write("b"); c.write("c"); await c.flush(); await sleep(30);
              c.write("d");
            } },
            "/held": { pull(c) {
              let n = 0;
              const timer = setInterval(() => {
                c.write(String(n++)); c.flush();
                if (n === 3) { clearInterval(timer); c.close(); }
              }, 30);
            } },
            "/gone": {
              async pull(c) { while (c.write("x") !== 0) await sleep(5); log.push("wrote 0"); gone(); },
              cancel() { log.push("cancel"); },
            },
          };
          const server = Bun.serve({
            port: 0,
            fetch: ({ url }) => new Response(new ReadableStream({ type: "direct", ...sources[new URL(url).pathname] })),
          });
          const request = (path, onData) => new Promise((resolve) => {
            let received = "";
            const socket = connect(server.port, "127.0.0.1", () => socket.write(\`GET \${path} HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n\`));
            socket.on("data", (data) => { received += data; onData?.(socket); });
            socket.on("close", () => resolve(received.slice(received.indexOf("\\r\\n\\r\\n") + 4)));
          });
          for (const path of ["/whole", "/chunks", "/held"]) console.log(JSON.stringify(await request(path)));
          const over = new Promise((resolve) => { gone = resolve; });
          await request("/gone", (socket) => socket.destroy());
          await over;
          console.log(log.join());
          await server.stop(true);
        `,
      },
      prints: [
        '"ab"',
        String.raw`"1\r\na\r\n2\r\nbc\r\n1\r\nd\r\n0\r\n\r\n"`,
        String.raw`"1\r\n0\r\n1\r\n1\r\n1\r\n2\r\n0\r\n\r\n"`,
        "cancel,wrote 0",
      ].join("\n"),
    },
  ]);
});
