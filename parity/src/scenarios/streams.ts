import { request } from "../client.ts";
import { AreaBuilder } from "../scenario.ts";

/** The Fetch standard's name, which Node.js's types lack. */
type BodyInit = NonNullable<ConstructorParameters<typeof Response>[0]>;

const encode = (text: string) => new TextEncoder().encode(text);

export const streams: AreaBuilder = new AreaBuilder("streams")
  .add(
    "chunks are sent as they are made",
    ({ signal }) => ({
      fetch: () =>
        new Response(
          new ReadableStream({
            async start(controller) {
              controller.enqueue(encode("first"));
              await signal("second");
              controller.enqueue(encode("second"));
              controller.close();
            },
          }),
        ),
    }),
    async (c) => {
      const http = c.connect().write(request("GET /"));
      await http.connection.until(() => (http.connection.received.includes("first") ? true : null));
      await c.signal("second");
      await http.response();
    },
  )
  .add(
    "a stream that is pulled",
    () => ({
      fetch: () => {
        let count = 0;
        return new Response(
          new ReadableStream({
            pull(controller) {
              if (count++ < 3) controller.enqueue(encode(`${count}`));
              else controller.close();
            },
          }),
        );
      },
    }),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /");
      await http.ask("GET /");
    },
  )
  .add(
    "a stream that fails at once",
    ({ note }) => ({
      fetch: () =>
        new Response(new ReadableStream({ start: (controller) => controller.error(new Error("at once")) })),
      error(error) {
        note(error.message);
        return new Response("handled", { status: 503 });
      },
    }),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /");
    },
  )
  .add(
    "a stream that fails midway",
    () => ({
      fetch: () =>
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(encode("begun")),
            async pull(controller) {
              await new Promise((resolve) => setTimeout(resolve, 20));
              controller.error(new Error("midway"));
            },
          }),
        ),
    }),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /");
      await http.closed();
    },
  )
  .add(
    "an async generator that throws midway",
    ({ Response }) => ({
      fetch: () => {
        const generate = async function* () {
          yield "begun";
          await new Promise((resolve) => setTimeout(resolve, 20));
          throw new Error("midway");
        };
        return new Response(generate() as unknown as BodyInit);
      },
    }),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /");
      await http.closed();
    },
  )
  .add(
    "a stream is cancelled when the client goes away",
    ({ note }) => ({
      fetch: () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(encode("begun"));
              note("begun");
            },
            cancel: () => note("cancelled"),
          }),
        ),
    }),
    async (c) => {
      const http = c.connect().write(request("GET /"));
      await http.connection.until(() => (http.connection.received.includes("begun") ? true : null));
      http.abort();
      await c.noted(2);
    },
  )
  .add(
    "a stream to HEAD is cancelled",
    ({ note }) => ({
      fetch: () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              controller.enqueue(encode("x"));
            },
            cancel: () => note("cancelled"),
          }),
        ),
    }),
    async (c) => {
      await c.ask("HEAD /");
      await c.noted(1);
    },
  )
  .add(
    "server-sent events",
    () => ({
      fetch: () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(encode("data: 1\n\n"));
              controller.enqueue(encode("data: 2\n\n"));
              controller.close();
            },
          }),
          { headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" } },
        ),
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "chunks that are text",
    () => ({
      fetch: () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue("text" as unknown as Uint8Array);
              controller.close();
            },
          }),
        ),
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a stream of bytes",
    () => ({
      fetch: () =>
        new Response(
          new ReadableStream({
            type: "bytes",
            start(controller) {
              controller.enqueue(encode("bytes"));
              controller.close();
            },
          }),
        ),
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a megabyte in a thousand chunks",
    () => ({
      fetch: () => {
        let left = 1_000;
        return new Response(
          new ReadableStream({
            pull(controller) {
              if (left-- > 0) controller.enqueue(new Uint8Array(1_000).fill(left % 256));
              else controller.close();
            },
          }),
        );
      },
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a transformed stream",
    () => ({
      fetch: (req) =>
        new Response(
          req.body!.pipeThrough(
            new TransformStream<Uint8Array, Uint8Array>({
              transform: (chunk, controller) =>
                controller.enqueue(encode(Buffer.from(chunk).toString().toUpperCase())),
            }),
          ),
        ),
    }),
    async (c) => c.ask("POST /", ["Content-Length: 5"], "hello"),
  );
