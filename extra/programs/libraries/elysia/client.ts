import { treaty } from "@elysiajs/eden";
import type { Service } from "../../test/support/service.ts";
import type { App } from "./server.ts";

/** One pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

export default async function client(service: Service): Promise<void> {
  await typed(service);
  await fields(service);
  await uploads(service);
  await streams(service);
  await rooms(service);
  await bytes(service);
}

/** Eden, Elysia's client, whose types are the program's. */
async function typed(service: Service): Promise<void> {
  const api = treaty<App>(service.url);
  const say = ({ data, error, status }: { data: unknown; error: unknown; status: number }): unknown => ({
    status,
    data,
    error: (error as { value?: unknown } | null)?.value,
  });
  service.note("hello", say(await api.hello({ name: "eden" }).get({ query: { loud: "yes" } })));
  service.note("a note", say(await api.notes.post({ title: "first", tags: ["a", "b"] })));
  service.note("no note", say(await api.notes.post({ title: "" })));
  service.note("a number in the path", say(await api.notes({ id: 41 }).put({ title: "second" })));
  service.note("no member", say(await api.me.get()));
  const stream = await api.count({ to: 3 }).get();
  const pieces: unknown[] = [];
  for await (const piece of stream.data as unknown as AsyncIterable<unknown>) pieces.push(piece);
  service.note("a generator", pieces.map(String).join(""));
}

async function fields(service: Service): Promise<void> {
  await service.ask("GET /", { differs: ["file"] });
  await service.ask("GET /kept", { differs: ["file"] });
  await service.ask("GET /kept", { headers: { range: "bytes=2-6" }, differs: ["file"] });
  await service.ask("GET /public/site.css", { differs: ["file"] });
  await service.ask("GET /public/none.css");
  await service.ask("GET /hello/there", { headers: { origin: "https://a.example" } });
  await service.ask("HEAD /hello/there", { differs: ["text of HEAD"] });
  await service.ask("OPTIONS /notes", {
    headers: { origin: "https://a.example", "access-control-request-method": "PUT" },
  });
  await service.ask("PUT /notes/nan", json({ title: "x" }));
  await service.ask("POST /notes", { body: "{", headers: { "content-type": "application/json" } });
  await service.ask("GET /moved");
  await service.ask("GET /teapot");
  await service.ask("GET /address");
  for (const kind of ["locked", "status", "type"]) await service.ask(`GET /throw/${kind}`);
  await service.ask("DELETE /any", { headers: { "x-word": "w" } });
  await service.ask("PATCH /mounted/a/b?c=1", { differs: ["copied text"] });
  await service.ask("GET /nowhere");

  const signedIn = await fetch(`${service.url}/sign-in`, { method: "POST", ...json({ name: "ada" }) });
  const cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
  await service.answer("POST /sign-in", signedIn);
  await service.ask("GET /me", { headers: { cookie } });
  await service.ask("GET /me", { headers: { cookie: `${cookie.slice(0, -3)}xyz` } });
  await service.ask("POST /sign-out", { headers: { cookie } });
}

async function uploads(service: Service): Promise<void> {
  const upload = new FormData();
  upload.set("title", "näme");
  upload.set("picture", new File([PNG], "a b.png", { type: "image/png" }));
  upload.append("others", new File(["one"], "1.txt", { type: "text/plain" }));
  upload.append("others", new File(["three"], "2.txt", { type: "text/plain" }));
  await service.ask("POST /upload", { body: upload });
  // Elysia looks at the bytes by the package file-type.
  upload.set("picture", new File(["no picture"], "text.png", { type: "image/png" }));
  await service.ask("POST /upload", { body: upload });
  upload.set("picture", new File([PNG, new Uint8Array(20_000)], "big.png", { type: "image/png" }));
  await service.ask("POST /upload", { body: upload });
  await service.ask("POST /raw", { body: new Uint8Array(70_000) });
  await service.ask("POST /echo", {
    body: "text",
    headers: { "content-type": "text/x-own" },
    differs: ["stream in memory"],
  });
  const pieces = new ReadableStream({
    start(controller) {
      for (const piece of ["one ", "two ", "three"]) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  const echo = await fetch(`${service.url}/echo`, {
    method: "POST",
    body: pieces,
    duplex: "half",
  } as RequestInit);
  service.note("pieces", await echo.text());
  const answered = await (await fetch(`${service.url}/form`)).formData();
  service.note("a form", [answered.get("name"), await (answered.get("page") as File).text()]);
}

async function streams(service: Service): Promise<void> {
  await service.ask("GET /count/12");
  await service.ask("GET /events");
  const controller = new AbortController();
  const endless = await fetch(`${service.url}/endless`, { signal: controller.signal });
  const reader = endless.body!.getReader();
  let text = "";
  while (!text.includes("data: tick 3")) text += new TextDecoder().decode((await reader.read()).value);
  service.note("endless", [
    endless.status,
    endless.headers.get("content-type"),
    text.split("\n\n").slice(0, 3),
  ]);
  controller.abort();
  await reader.closed.catch(() => {});
  const waiting = fetch(`${service.url}/wait`, { signal: AbortSignal.timeout(50) });
  service.note("left", await waiting.catch(({ name }: Error) => name));
  const aborted = async (): Promise<number> =>
    ((await (await fetch(`${service.url}/aborted`)).json()) as { aborted: number }).aborted;
  let seen = 0;
  while (seen !== 11) seen = await aborted();
  service.note("aborts that the program has seen", seen);
}

async function rooms(service: Service): Promise<void> {
  await service.refused("/chat/rooms/x?name=ada");
  await service.refused("/chat/rooms/lobby");
  await service.refused("/chat/rooms/lobby?name=mallory");
  await service.refused("/chat/rooms/locked?name=ada");
  await service.ask("GET /chat/rooms/lobby?name=ada");
  const ada = await service.socket("/chat/rooms/lobby?name=ada");
  await service.hear("ada", ada, 1);
  const grace = await service.socket("/chat/rooms/lobby?name=grace");
  await service.hear("grace", grace, 1);
  await service.hear("ada", ada, 1);
  ada.say(JSON.stringify({ say: "good morning" }));
  await service.hear("ada", ada, 1);
  await service.hear("grace", grace, 1);
  for (const message of ['{"say":1}', "no JSON", '{"fail":"on purpose"}', '{"count":3}']) grace.say(message);
  await service.hear("grace", grace, 6);
  grace.say('{"leave":true}');
  await service.closed("grace", grace);
  await service.hear("ada", ada, 1);
  await service.closed("ada", ada, 4321);
}

async function bytes(service: Service): Promise<void> {
  const socket = await service.socket("/chat/bytes");
  socket.say("a");
  await service.hear("bytes", socket, 1);
  socket.say("kinds");
  await service.hear("bytes", socket, 5);
  socket.say(Buffer.from([9, 8, 7, 6, 5]));
  await service.hear("bytes", socket, 2);
  socket.say("ping me");
  await service.hear("bytes", socket, 1);
  socket.say(Buffer.alloc(200_000, 3));
  const [head, all] = await socket.hear(2);
  service.note("large", [head, (all as Buffer).length]);
  await service.closed("bytes", socket, 1000);
}

function json(value: unknown): RequestInit {
  return { body: JSON.stringify(value), headers: { "content-type": "application/json" } };
}
