import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  isNonJsonSerializable,
  splitLink,
  TRPCClientError,
  wsLink,
} from "@trpc/client";
import { EventSource } from "eventsource";
import { WebSocket } from "ws";
import type { Service } from "../../test/support/service.ts";
import type { Router } from "./app.ts";

type Api = ReturnType<typeof createTRPCClient<Router>>;

export default async function client(service: Service): Promise<void> {
  await raw(service);
  const url = `${service.url}/trpc`;
  const headers = { authorization: "Bearer ada" };
  const byHttp = createTRPCClient<Router>({
    links: [
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: httpSubscriptionLink({ url, EventSource }),
        false: splitLink({
          condition: ({ input }) => isNonJsonSerializable(input),
          true: httpLink({ url, headers }),
          false: httpBatchLink({ url, headers }),
        }),
      }),
    ],
  });
  await calls(service, "HTTP", byHttp);
  await uploads(service, byHttp);
  await streamed(service, createTRPCClient<Router>({ links: [httpBatchStreamLink({ url, headers })] }));
  await subscriptions(service, "server-sent events", byHttp, byHttp);

  const socket = createWSClient({
    url: `${service.socketUrl}/trpc`,
    WebSocket: WebSocket as never,
    keepAlive: { enabled: true, intervalMs: 50, pongTimeoutMs: 5000 },
  });
  service.onLeave(() => socket.close());
  const bySocket = createTRPCClient<Router>({ links: [wsLink({ client: socket })] });
  await calls(service, "WebSocket", bySocket);
  await subscriptions(service, "WebSocket", bySocket, byHttp);
}

/** What a client of another kind sends. */
async function raw(service: Service): Promise<void> {
  await service.ask("GET /elsewhere");
  await service.ask(`GET /trpc/hello?input=${encodeURIComponent('"raw"')}`);
  await service.ask("GET /trpc/hello?input=%7B%22a%22:");
  await service.ask("GET /trpc/none");
  await service.ask("POST /trpc/hello", { body: "{}", headers: { "content-type": "application/json" } });
  await service.ask("POST /trpc/posts.add", { body: "{", headers: { "content-type": "application/json" } });
  await service.ask("POST /trpc/posts.add", { body: "x", headers: { "content-type": "text/x-none" } });
  await service.ask("HEAD /trpc/hello");
  await service.ask("GET /trpc/hello,fail,slow?batch=1&input=%7B%220%22%3A%22batch%22%2C%222%22%3A3%7D");
  await service.ask("GET /trpc/countdown?input=2", { headers: { accept: "text/event-stream" } });
}

async function calls(service: Service, by: string, api: Api): Promise<void> {
  const note = (what: string, value: unknown): void => service.note(`${by}: ${what}`, value);
  note("hello", await api.hello.query("client"));
  note("a batch", await Promise.all([api.slow.query(20), api.hello.query(), api.slow.query(0)]));
  note("a mistake", await api.slow.query(200).catch(shown));
  note("a failure", await api.fail.query().catch(shown));
  note("a post", await api.posts.add.mutate({ title: `over ${by}` }).catch(shown));
  const controller = new AbortController();
  const slow = api.slow.query(100, { signal: controller.signal });
  controller.abort();
  note("an abort", await slow.catch((error: unknown) => error instanceof TRPCClientError));
}

async function uploads(service: Service, api: Api): Promise<void> {
  const form = new FormData();
  form.set("word", "wörd");
  form.set("file", new File(["hello world"], "hello.txt", { type: "text/plain" }));
  service.note("a form", await api.upload.mutate(form));
  service.note("bytes", await api.bytes.mutate(new Blob([new Uint8Array(100_000)]) as never));
}

async function streamed(service: Service, api: Api): Promise<void> {
  const words: string[] = [];
  for await (const word of await api.stream.query()) words.push(word);
  service.note("a stream", words);
  const { now, later, failing } = await api.nested.query();
  service.note("promises", [now, await later, await (failing as Promise<unknown>).catch(shown)]);
}

async function subscriptions(service: Service, by: string, api: Api, other: Api): Promise<void> {
  const note = (what: string, value: unknown): void => service.note(`${by}: ${what}`, value);
  note("a countdown", await all(api, 3));
  note("its error", await all(api, 4));
  const before = (await other.posts.list.query()).length;
  const heard: unknown[] = [];
  let wake = (): void => {};
  const added = api.posts.added.subscribe(
    { lastEventId: String(before - 1) },
    {
      onData: (event) => {
        heard.push(event);
        wake();
      },
    },
  );
  const count = async (wanted: number): Promise<void> => {
    while (heard.length < wanted) await new Promise<void>((resolve) => (wake = resolve));
  };
  await count(1);
  await other.posts.add.mutate({ title: "live" });
  await other.posts.add.mutate({ title: "und lebendig" });
  await count(3);
  note("posts", heard);
  const ended = await other.ended.query();
  added.unsubscribe();
  let now = ended;
  while (now === ended) now = await other.ended.query();
  note("the subscription has ended", now - ended);
}

/** All that a countdown brings. */
function all(api: Api, from: number): Promise<unknown[]> {
  const events: unknown[] = [];
  return new Promise((resolve) => {
    const countdown = api.countdown.subscribe(from, {
      onData: (value) => void events.push(value),
      onComplete: () => resolve([...events, "complete"]),
      onError: (error) => {
        countdown.unsubscribe();
        resolve([...events, shown(error)]);
      },
    });
  });
}

function shown(error: unknown): unknown {
  if (!(error instanceof TRPCClientError)) return error;
  return { message: error.message.replaceAll(/\s+/g, " "), data: error.data as unknown };
}
