import { hc } from "hono/client";
import type { Service } from "../../test/support/service.ts";
import type { Api } from "./server.ts";

export default async function client(service: Service): Promise<void> {
  await typed(service);
  await files(service);
  await signedIn(service);
  await bodies(service);
  await streams(service);
  await failures(service);
  await rooms(service);
}

/** Hono's client, whose types are the program's. */
async function typed(service: Service): Promise<void> {
  const { tickets } = hc<Api>(`${service.url}/api`, { headers: { origin: "https://desk.example" } });
  await service.answer(
    "a ticket",
    await (tickets.$post({ json: { title: "printer" } } as never) as Promise<unknown> as Promise<Response>),
  );
  await service.answer(
    "no title",
    await (tickets.$post({ json: {} } as never) as Promise<unknown> as Promise<Response>),
  );
  await service.answer("tickets", await (tickets.$get() as Promise<unknown> as Promise<Response>));
  await service.answer(
    "ticket 1",
    await (tickets[":id{[0-9]+}"].$get({ param: { id: "1" } }) as Promise<unknown> as Promise<Response>),
  );
  await service.answer(
    "deleted",
    await (tickets[":id{[0-9]+}"].$delete({ param: { id: "1" } }) as Promise<unknown> as Promise<Response>),
  );
  await service.answer(
    "ticket 1, again",
    await (tickets[":id{[0-9]+}"].$get({ param: { id: "1" } }) as Promise<unknown> as Promise<Response>),
  );
  await service.ask("OPTIONS /api/tickets", {
    headers: { origin: "https://desk.example", "access-control-request-method": "DELETE" },
  });
}

async function files(service: Service): Promise<void> {
  await service.ask("GET /page", { differs: ["file"] });
  await service.ask("HEAD /page");
  await service.ask("GET /static/index.html", { differs: ["file"] });
  await service.ask("GET /static/long.txt", { headers: { range: "bytes=100-120" }, differs: ["file"] });
  await service.ask("GET /static/none.txt");
  await service.ask("GET /static/..%2fserver.ts");
  const first = await fetch(`${service.url}/static/index.html`);
  await first.arrayBuffer();
  await service.ask("GET /static/index.html", {
    headers: { "if-none-match": first.headers.get("etag") ?? "" },
  });
  await packed(service, "/packed/text");
  await service.ask("GET /packed/text", { headers: { "accept-encoding": "identity" } });
}

/** Whether such a stream has a length depends on when it has ended. */
async function packed(service: Service, path: string): Promise<void> {
  const response = await fetch(service.url + path, { headers: { "accept-encoding": "gzip" } });
  const { headers } = response;
  const text = await response.text();
  service.note(path, [headers.get("content-encoding"), headers.get("vary"), text.length]);
}

async function signedIn(service: Service): Promise<void> {
  await service.ask("GET /private/page", { differs: ["copied text"] });
  await service.ask("GET /private/page", { headers: { authorization: `Basic ${btoa("ada:pass")}` } });
  const token = await (await fetch(`${service.url}/token`)).text();
  await service.ask("GET /claims", { headers: { authorization: `Bearer ${token}` } });
  await service.ask("GET /claims", {
    headers: { authorization: `Bearer ${token}x` },
    differs: ["copied text"],
  });
  await service.ask("GET /claims", { differs: ["copied text"] });
  await service.ask("GET /cookies");
  await service.ask("GET /cookies", { headers: { cookie: "plain=a%20b; signed=value.forged; odd" } });
  await service.ask("GET /address");
}

async function bodies(service: Service): Promise<void> {
  const form = new FormData();
  form.append("word", "straße");
  form.append("file", new File(["%PDF-"], "a.pdf", { type: "application/pdf" }));
  form.append("many", "1");
  form.append("many", new File([new Uint8Array(70_000)], "zeros.bin", { type: "application/octet-stream" }));
  await service.ask("POST /form", { body: form, headers: { origin: service.url } });
  await service.ask("POST /form", {
    body: form,
    headers: { origin: "https://evil.example" },
    differs: ["copied text"],
  });
  await service.ask("POST /form", {
    body: new URLSearchParams({ a: "1 + 1", b: "ü" }),
    headers: { origin: service.url },
  });
  await service.ask("POST /small", { body: "x".repeat(100) });
  await service.ask("POST /small", { body: "x".repeat(101) });
  await service.ask("POST /small", { body: chunks(8, 20), duplex: "half" } as RequestInit);
  await service.ask("POST /hash", { body: new Uint8Array(2_000_000).fill(1) });
  await service.ask("POST /upper", { body: chunks(3, 50_000), duplex: "half" } as RequestInit);
}

async function streams(service: Service): Promise<void> {
  await service.ask("GET /text");
  await service.ask("GET /events");
  await service.ask("GET /events", { headers: { "last-event-id": "7" } });
  const controller = new AbortController();
  const endless = await fetch(`${service.url}/endless`, { signal: controller.signal });
  const reader = endless.body!.getReader();
  let received = 0;
  while (received < 3000) received += (await reader.read()).value!.length;
  controller.abort();
  await reader.closed.catch(() => {});
  let aborted = "";
  while (!aborted.includes("stream")) aborted = await (await fetch(`${service.url}/aborted`)).text();
  service.note("aborts that the program has seen", aborted);
}

async function failures(service: Service): Promise<void> {
  for (const status of [401, 500]) await service.ask(`GET /error/${status}`);
  await service.ask("GET /error/418", { differs: ["copied text"] });
  await service.ask("GET /late");
  await service.ask("GET /redirect");
  await service.ask("PUT /any/thing?a[]=1");
  await service.ask("PURGE /any/cache");
  await service.ask("POST /any/thing");
  await service.ask("GET /proxied/api/tickets");
  await packed(service, "/proxied/packed/text");
  await service.ask("GET /proxied/error/418", { differs: ["copied text"] });
}

async function rooms(service: Service): Promise<void> {
  await service.ask("GET /rooms/tea");
  const ada = await service.socket("/rooms/tea?name=ada", {}, ["one", "two"]);
  const grace = await service.socket("/rooms/tea?name=grace");
  await service.hear("ada", ada, 1);
  await service.hear("grace", grace, 1);
  ada.say("hello");
  await service.hear("grace", grace, 1);
  ada.say(Buffer.from("abcd"));
  await service.hear("ada", ada, 2);
  ada.say("throw");
  await service.hear("ada", ada, 1);
  ada.say("fill");
  const filled = await ada.hear(5);
  service.note(
    "filled",
    filled.map((each) => (each.length > 100 ? each.length : String(each))),
  );
  ada.say("close");
  await service.closed("ada", ada);
  await service.hear("grace", grace, 1);
  await service.closed("grace", grace, 3001);
}

function chunks(count: number, size: number): ReadableStream<Uint8Array> {
  let left = count;
  return new ReadableStream({
    pull(controller) {
      if (left-- === 0) controller.close();
      else controller.enqueue(new Uint8Array(size).fill(0x61));
    },
  });
}
