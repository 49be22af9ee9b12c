import { type Guide, show } from "../test/support/guide.ts";

/** Lets the child go when it has printed what it is sent: two replies come last. */
const ALL_HEARD = `
  let printed = "";
  for await (const chunk of childProc.stdout) {
    printed += new TextDecoder().decode(chunk);
    if (printed.split("Respond").length === 3) childProc.disconnect();
  }
  console.log(await childProc.exited, printed);`;

export const guides: readonly Guide[] = [
  {
    name: "argv",
    runs: [
      {
        files: { "main.ts": [0, show("Bun.argv.slice(2)")] },
        args: ["--flag1", "--flag2", "value"],
        prints: /main\.ts.*\["--flag1","--flag2","value"\]/s,
      },
      {
        files: { "main.ts": [1, show("values", "positionals.length")] },
        args: ["--flag1", "--flag2", "value"],
        prints: /\{"flag1":true,"flag2":"value"\} 2/,
      },
    ],
  },
  {
    name: "ctrl-c",
    runs: [
      {
        files: { "main.ts": [0, "setInterval(() => {}, 1000); console.log('ready');"] },
        signal: { behind: "ready", name: "SIGINT" },
        prints: /Ctrl-C was pressed\n\(0\)/,
      },
    ],
  },
  {
    name: "ipc",
    runs: [
      {
        files: {
          "main.ts": [0, "await child.exited; console.log(child.exitCode);"],
          "child.ts": [3],
        },
        prints: /^0/,
      },
      {
        files: {
          "main.ts": [1, ALL_HEARD],
          "child.ts": [2],
        },
        prints: /0 I am your father\nRespond to child\nRespond to child\n/,
      },
    ],
  },
  {
    name: "nanoseconds",
    runs: [
      {
        files: { "main.ts": [0, "console.log(typeof Bun.nanoseconds(), Bun.nanoseconds() > 0);"] },
        prints: /number true/,
      },
    ],
  },
  {
    name: "os-signals",
    runs: [
      {
        files: {
          "main.ts": [
            0,
            "const timer = setInterval(() => {}, 1000); console.log('ready');",
            "process.on('SIGINT', () => clearInterval(timer));",
          ],
        },
        signal: { behind: "ready", name: "SIGINT" },
        prints: /Received SIGINT\n\(0\)/,
      },
      { files: { "main.ts": [1] }, prints: /Event loop is empty!\nProcess is exiting with code 0/ },
    ],
  },
  {
    name: "spawn-stderr",
    runs: [
      {
        files: { "main.ts": [0, "console.log(proc.stderr instanceof ReadableStream);"] },
        prints: /true/,
      },
      { files: { "main.ts": [1, show("errors")] }, prints: /""/ },
    ],
  },
  {
    name: "spawn-stdout",
    runs: [
      { files: { "main.ts": [0, show("output")] }, prints: /"hello\\n"/ },
      {
        files: { "main.ts": [1, "await proc.exited; console.log(String(proc.stdout));"] },
        prints: /hello\nundefined/,
      },
    ],
  },
  {
    name: "spawn",
    runs: [
      { files: { "main.ts": [0, show("proc.exitCode")] }, prints: /0/ },
      {
        files: { "main.ts": [1, show("await proc.stdout.text()", "await proc.exited")] },
        prints: /"Hello, world!\\n" 0/,
      },
      { files: { "main.ts": [2, show("output")] }, prints: /"hello\\n"/ },
    ],
  },
  {
    name: "stdin",
    runs: [
      {
        files: { "main.ts": [0] },
        input: "hello\nhello again\n",
        prints: /Type something: You typed: hello\nType something: You typed: hello again\n/,
      },
      { files: { "main.ts": [1] }, input: "hello\n", prints: /Chunk: hello\n/ },
    ],
  },
];
