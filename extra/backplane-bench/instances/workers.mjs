// What `mantou` and `mantou --workers 2` run: it echoes. A client is told first which worker it has.
const { MANTOU_WORKER = "1", MANTOU_BENCH_PID } = process.env;
const isWorker = process.env.MANTOU_WORKER !== undefined;

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("", { status: 426 })),
  websocket: {
    open: (ws) => void ws.send(MANTOU_WORKER),
    message: (ws, text) => void ws.send(text),
  },
});
// The primary process counts, too.
if (isWorker) process.stdout.write(`${JSON.stringify({ pid: process.ppid })}\n`);
process.stdout.write(`${JSON.stringify({ port: server.port, pid: process.pid })}\n`);

// A worker has no standard input that would tell the end of the harness.
setInterval(() => {
  try {
    process.kill(Number(MANTOU_BENCH_PID), 0);
  } catch {
    process.kill(isWorker ? process.ppid : process.pid, "SIGTERM");
  }
}, 1000).unref();
