/**
 * The HTTP apps as functions from Request to Response: the same code for each contestant that takes such functions. They
 * look up `Response` at each call, since some contestants replace the global one.
 */

/** Apps that need neither a router nor an option of the server. */
export type HandlerApp = "hello" | "json" | "body-64k" | "upload" | "stream";

export const body64k: string = "x".repeat(65_536);

/** One of 100 chunks of a stream. */
const chunk: Uint8Array<ArrayBuffer> = new TextEncoder().encode("x".repeat(1024));
const chunks = 100;

/** The chunks of a stream, for servers that take Node's. */
export function* repeated(): Generator<Uint8Array> {
  for (let sent = 0; sent < chunks; sent++) yield chunk;
}

export const handlers: Readonly<Record<HandlerApp, (request: Request) => Response | Promise<Response>>> = {
  hello: () => new Response("Bun!"),
  json: async (request) => Response.json(await request.json()),
  "body-64k": () => new Response(body64k),
  upload: async (request) => new Response(`${(await request.arrayBuffer()).byteLength}`),
  stream: () => {
    let sent = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (sent++ < chunks) controller.enqueue(chunk);
        else controller.close();
      },
    });
    return new Response(stream);
  },
};

/** The 500 routes of an API. The load asks for the one in the middle. */
export const apiRoutes: readonly string[] = Array.from({ length: 500 }, (_, n) => `/api/${n}/items/:id`);
