import { EventEmitter, on } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { initTRPC, TRPCError, tracked } from "@trpc/server";
import { octetInputParser } from "@trpc/server/http";
import { type CreateBunContextOptions, createBunServeHandler } from "trpc-bun-adapter";
import { z } from "zod";

const changes = new EventEmitter();
const posts: { id: number; title: string }[] = [];
const ended: string[] = [];

const createContext = ({
  req,
  resHeaders,
  info,
}: CreateBunContextOptions & { info?: { connectionParams?: Record<string, string> | null } }) => ({
  user: req.headers.get("authorization")?.replace("Bearer ", "") ?? info?.connectionParams?.["token"] ?? null,
  setHeader: (name: string, value: string) => resHeaders?.set(name, value),
});

const t = initTRPC.context<typeof createContext>().create({
  sse: { ping: { enabled: true, intervalMs: 20 }, client: { reconnectAfterInactivityMs: 5000 } },
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: {
      code: shape.data.code,
      path: shape.data.path,
      fields: error.cause instanceof z.ZodError ? error.cause.issues.length : null,
    },
  }),
});

const timed = t.procedure.use(async ({ next, ctx }) => {
  const result = await next();
  ctx.setHeader("x-ok", String(result.ok));
  return result;
});

const member = timed.use(({ ctx, next }) => {
  if (ctx.user === null) throw new TRPCError({ code: "UNAUTHORIZED", message: "sign in first" });
  return next({ ctx: { user: ctx.user } });
});

const router = t.router({
  hello: timed.input(z.string().optional()).query(({ input, ctx }) => `hello ${input ?? ctx.user ?? "you"}`),
  slow: timed.input(z.number().max(100)).query(async ({ input }) => {
    await sleep(input);
    return input;
  }),
  posts: t.router({
    add: member.input(z.object({ title: z.string().min(1) })).mutation(({ input, ctx }) => {
      const post = { id: posts.length + 1, title: `${input.title} by ${ctx.user}` };
      posts.push(post);
      changes.emit("post", post);
      return post;
    }),
    list: timed.query(() => posts),
    added: t.procedure
      .input(z.object({ lastEventId: z.string().nullish() }).optional())
      .subscription(async function* ({ input, signal }) {
        try {
          const coming = on(changes, "post", signal === undefined ? {} : { signal });
          for (const post of posts.slice(Number(input?.lastEventId ?? 0)))
            yield tracked(String(post.id), post);
          for await (const [post] of coming as AsyncIterable<[{ id: number; title: string }]>) {
            yield tracked(String(post.id), post);
          }
        } finally {
          ended.push("added");
        }
      }),
  }),
  countdown: t.procedure.input(z.number()).subscription(async function* ({ input }) {
    for (let i = input; i > 0; i--) {
      yield i;
      await sleep(2);
    }
    if (input > 3) throw new TRPCError({ code: "BAD_REQUEST", message: "too long a countdown" });
  }),
  stream: timed.query(async function* () {
    for (const word of ["a", "b", "c"]) {
      yield word;
      await sleep(2);
    }
  }),
  nested: timed.query(() => ({
    now: "first",
    later: sleep(5).then(() => "second"),
    failing: sleep(5).then(() => Promise.reject(new Error("third"))),
  })),
  upload: timed.input(z.instanceof(FormData)).mutation(async ({ input }) => {
    const file = input.get("file") as File;
    return {
      name: file.name,
      size: file.size,
      text: (await file.text()).slice(0, 5),
      word: input.get("word"),
    };
  }),
  bytes: timed.input(octetInputParser).mutation(async ({ input }) => {
    let length = 0;
    for await (const piece of input as unknown as AsyncIterable<Uint8Array>) length += piece.length;
    return { length };
  }),
  fail: timed.query(() => {
    throw new Error("unexpected");
  }),
  ended: timed.query(() => ended.length),
});

export type Router = typeof router;

export default createBunServeHandler(
  {
    router,
    endpoint: "/trpc",
    createContext: createContext as never,
    onError: ({ path, error }: { path?: string; error: TRPCError }) => console.log(`${path}: ${error.code}`),
  } as never,
  { fetch: () => new Response("elsewhere", { status: 404 }) } as never,
);
