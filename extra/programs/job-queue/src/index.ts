import { isOver, type Job, kinds } from "./job";
import { Queue } from "./queue";
import { Store } from "./store";

const folder = process.env.DATA ?? "./data";
const { store, jobs } = await Store.open(folder);
const queue = new Queue(store, jobs);

const summary = ({ id, kind, state, progress }: Job) => ({ id, kind, state, progress });
const problem = (status: number, message: string) => Response.json({ message }, { status });

function find(id: string): Job | undefined {
  return /^\d+$/.test(id) ? queue.get(Number(id)) : undefined;
}

async function create(request: Request): Promise<Response> {
  let given: { kind?: unknown; input?: unknown; timeout?: unknown };
  try {
    given = (await request.json()) as typeof given;
  } catch {
    return problem(400, "the body is no JSON");
  }
  const { kind, input = "", timeout = 30_000 } = given;
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind))
    return problem(422, `there is no kind ${kind}`);
  if (typeof input !== "string") return problem(422, "the input must be text");
  if (typeof timeout !== "number" || !(timeout > 0))
    return problem(422, "the timeout must be a number of milliseconds");
  const job = await queue.add(kind, input, timeout);
  void queue.run();
  return Response.json({ id: job.id }, { status: 201, headers: { Location: `/jobs/${job.id}` } });
}

/** Server-sent events of one job, from its state on until it is over. */
function events(job: Job): Response {
  let leave = () => {};
  const line = (event: string) => `event: ${event}\ndata: ${JSON.stringify(summary(job))}\n\n`;
  const body = new ReadableStream<string>({
    start(controller) {
      controller.enqueue(line("state"));
      if (isOver(job)) return controller.close();
      leave = queue.listen((event, changed) => {
        if (changed !== job) return;
        controller.enqueue(line(event));
        if (!isOver(job)) return;
        leave();
        controller.close();
      });
    },
    cancel: () => leave(),
  });
  return new Response(body, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" },
  });
}

const server = Bun.serve({
  port: Number(process.env.PORT ?? 3000),
  routes: {
    "/": () => new Response(`Kinds: ${Object.keys(kinds).join(", ")}\n`),
    "/jobs": {
      GET: (request) => {
        const state = new URL(request.url).searchParams.get("state");
        return Response.json(queue.all.filter((job) => state === null || job.state === state).map(summary));
      },
      POST: create,
    },
    "/jobs/:id": {
      GET: ({ params }) => {
        const job = find(params.id);
        return job === undefined ? problem(404, "there is no such job") : Response.json(job);
      },
      DELETE: async ({ params }) => {
        const job = find(params.id);
        if (job === undefined) return problem(404, "there is no such job");
        if (!isOver(job)) return problem(409, "the job is not over");
        await queue.remove(job);
        return new Response(null, { status: 204 });
      },
    },
    "/jobs/:id/cancel": {
      POST: async ({ params }) => {
        const job = find(params.id);
        if (job === undefined) return problem(404, "there is no such job");
        return (await queue.cancel(job))
          ? new Response(null, { status: 202 })
          : problem(409, `the job is ${job.state}`);
      },
    },
    "/jobs/:id/events": ({ params }) => {
      const job = find(params.id);
      return job === undefined ? problem(404, "there is no such job") : events(job);
    },
    "/jobs/:id/output": ({ params }) => {
      const job = find(params.id);
      if (job === undefined || !isOver(job)) return problem(404, "there is no output");
      const headers = {
        "Content-Type": "text/plain",
        "X-Exit-Code": String(job.exitCode),
        "X-Signal": String(job.signal),
      };
      return new Response(job.output, { headers });
    },
    "/files/:id": async ({ params }) => {
      const file = Bun.file(`${folder}/job-${Number(params.id)}.json`);
      if (!(await file.exists())) return problem(404, "there is no such file");
      const head = await file.slice(0, 20).text();
      return Response.json({ head, bytes: file.size, fields: Object.keys(await file.json()) });
    },
    "/log": async () => new Response(await store.log(), { headers: { "Content-Type": "text/plain" } }),
    "/uptime": () => {
      const { stdout, success } = Bun.spawnSync(["echo", "-n", "up"], { stderr: "ignore" });
      return new Response(success ? stdout : "down", { headers: { "Content-Type": "text/plain" } });
    },
    "/progress": (request, server) =>
      server.upgrade(request) ? undefined : new Response("a WebSocket is expected", { status: 426 }),
  },
  websocket: {
    open(socket) {
      socket.subscribe("jobs");
      socket.send(JSON.stringify({ jobs: queue.all.length }));
    },
    message: (socket, text) => void socket.send(JSON.stringify(find(String(text)) ?? null)),
  },
  fetch: () => problem(404, "not found"),
});

queue.listen((event, job) =>
  server.publish("jobs", JSON.stringify({ event, id: job.id, progress: job.progress })),
);
void queue.run();
console.log(`Jobs on http://localhost:${server.port}`);

process.on("SIGTERM", async () => {
  await server.stop(true);
  await store[Symbol.asyncDispose]();
  process.exit(0);
});
