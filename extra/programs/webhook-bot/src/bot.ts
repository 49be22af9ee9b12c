import "./commands";
import "./handlers";
import { Delivery, Event, Handler } from "./events";
import { resolve } from "./registry";
import { Outbox } from "./services";
import { sign, verify } from "./signature";

const secret = process.env.WEBHOOK_SECRET;
const seen = new Set<string>();

async function receive(req: Request): Promise<Response> {
  const payload = new Uint8Array(await req.arrayBuffer());
  if (!verify(payload, secret!, req.headers.get("x-signature")))
    return new Response("Bad signature", { status: 401 });

  const delivery = req.headers.get("x-delivery");
  if (!delivery) return Response.json({ error: "x-delivery is missing" }, { status: 400 });
  if (seen.has(delivery)) return new Response(null, { status: Delivery.Duplicate });

  let event: Event;
  try {
    event = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (error) {
    return Response.json({ error: (error as Error).constructor.name }, { status: 400 });
  }
  const handler = Handler.handlers.find((each) => each.event === event.event);
  seen.add(delivery);
  if (!handler) return new Response(null, { status: Delivery.Ignored });
  const replies = await handler.handle(event);
  return Response.json({ replies }, { status: Delivery.Accepted });
}

export function start(port: number | string) {
  return Bun.serve({
    port,
    maxRequestBodySize: 8 * 1024,
    routes: {
      "/": { GET: () => new Response(`${process.env.BOT_NAME} listens`) },
      "/webhook": { POST: receive },
      "/outbox": {
        GET: () => Response.json(resolve(Outbox).messages),
        DELETE: () => {
          resolve(Outbox).messages.length = 0;
          return new Response(null, { status: 204 });
        },
      },
      "/sign/:algorithm": {
        POST: async (req) => {
          const { algorithm } = req.params;
          try {
            return new Response(sign(await req.text(), "test", algorithm as "sha256"));
          } catch {
            return new Response(`unknown algorithm ${algorithm}`, { status: 400 });
          }
        },
      },
    },
    fetch: (req) =>
      new Response(`${req.method} is not possible here`, {
        status: new URL(req.url).pathname === "/webhook" ? 405 : 404,
      }),
    error: (error) => {
      console.error(error);
      return Response.json({ error: error.message }, { status: 500 });
    },
  });
}

if (import.meta.main) {
  if (!secret) {
    console.error("WEBHOOK_SECRET is not set");
    process.exit(1);
  }
  const { url } = start(process.env.PORT ?? 3002);
  console.log(`${import.meta.file} at ${url}`);
}
