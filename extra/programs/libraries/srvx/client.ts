import type { Service } from "../../test/support/service.ts";

export default async function client(service: Service): Promise<void> {
  await service.ask("GET /runtime");
  await service.ask("GET /runtime", {
    headers: {
      "x-forwarded-for": "203.0.113.9",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "shop.example",
    },
  });
  await service.ask("GET /blocked");
  await service.ask("GET /none");
  await service.ask("GET /broken");
  await service.ask("GET /cookies");
  await service.ask("GET /stream");
  await files(service);
  await bodies(service);
  await service.ask("POST /later", { body: "x" });
  let waited = "";
  while (waited !== "1") waited = await (await fetch(`${service.url}/waited`)).text();
  service.note("waited", waited);
}

async function files(service: Service): Promise<void> {
  await service.ask("GET /?mantou");
  await service.ask("HEAD /index.html");
  await service.ask("GET /site.css", {
    headers: { "accept-encoding": "identity" },
    differs: ["stream with Content-Length"],
  });
  await service.ask("GET /site.css", { headers: { "accept-encoding": "br;q=0.5, gzip" } });
  await service.ask("GET /site.css", {
    headers: { range: "bytes=5-14" },
    differs: ["stream with Content-Length"],
  });
  await service.ask("GET /site.css", { headers: { range: "bytes=999999-" } });
  await service.ask("GET /site.css", { headers: { "if-modified-since": new Date().toUTCString() } });
  await service.ask("HEAD /site.css", { headers: { "accept-encoding": "identity" } });
  await service.ask("GET /..%2fserver.ts");
  await service.ask("GET /%E0%A4%A");
}

async function bodies(service: Service): Promise<void> {
  await service.ask("POST /echo", { body: "echo", headers: { "x-a": "ä" }, differs: ["stream in memory"] });
  await service.ask("POST /echo", { body: new Uint8Array(150_000).fill(5) });
  await service.ask("POST /json", { body: '{"a":[1,2]}' });
  await service.ask("POST /json", { body: '{"a":' });
  const form = new FormData();
  form.set("text", "a\r\nb");
  form.set("file", new File(["abc"], "ü.txt"));
  await service.ask("POST /form", { body: form });
  await service.ask("POST /form", { body: "not a form" });
  await service.ask("POST /clone", { body: "twice" });
}
