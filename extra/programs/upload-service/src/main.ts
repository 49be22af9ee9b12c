import { type BunRequest, serve } from "bun";
import { config } from "./config.ts";
import { HttpError, TooLarge } from "./lib/errors.ts";
import { sniff } from "./lib/sniff.ts";
import * as store from "./lib/store.ts";

const attachment = (name: string) => `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;

async function accept(file: Blob, name: string, contentType: string | null = file.type) {
  if (file.size > config.maxFile) throw new TooLarge(name, config.maxFile);
  const type = (await sniff(file)) ?? (contentType?.split(";")[0] || "application/octet-stream");
  if (!config.allowed.has(type)) throw new HttpError(415, `${type} is not allowed`);
  return store.put(name, type, file);
}

async function uploadForm(req: Request) {
  let form: Awaited<ReturnType<Request["formData"]>>;
  try {
    form = await req.formData();
  } catch (cause) {
    throw new HttpError(400, "a form is expected", { cause });
  }
  const files = form.getAll("file").filter((each) => typeof each !== "string");
  if (files.length === 0) throw new HttpError(422, "no file");
  const title = form.get("title");
  const saved = [];
  for (const file of files) saved.push(await accept(file, file.name));
  return Response.json({ title, fields: [...form.keys()], saved }, { status: 201 });
}

async function uploadRaw(req: BunRequest<"/raw/:name">) {
  const blob = await req.blob();
  const meta = await accept(blob, req.params.name, req.headers.get("content-type"));
  return new Response(meta.id, { status: 201, headers: { Location: `/files/${meta.id}` } });
}

async function found(id: string) {
  const entry = await store.get(id);
  if (!entry) throw new HttpError(404, `no file ${id}`);
  return entry;
}

const server = serve({
  port: config.port,
  maxRequestBodySize: config.maxBody,
  routes: {
    "/": Response.json({ service: "upload", max: config.maxFile, allowed: [...config.allowed] }),
    "/files": {
      GET: async () => Response.json(await store.list()),
      POST: uploadForm,
    },
    "/raw/:name": { PUT: uploadRaw },
    "/files/:id": {
      GET: async (req) => {
        const { meta, file } = await found(req.params.id);
        const headers = new Headers({
          "Content-Disposition": attachment(meta.name),
          "X-SHA256": meta.sha256,
        });
        headers.append("Cache-Control", "private");
        headers.append("Cache-Control", "max-age=60");
        return new Response(file, { headers });
      },
      DELETE: async (req) => {
        if (!(await store.remove(req.params.id))) throw new HttpError(404, `no file ${req.params.id}`);
        return new Response(null, { status: 204 });
      },
    },
    "/files/:id/meta": async (req) => Response.json((await found(req.params.id)).meta),
    "/files/:id/text": async (req) => {
      const { file } = await found(req.params.id);
      return new Response((await file.text()).toUpperCase());
    },
    "/files/:id/head/:count": async (req) => {
      const { file } = await found(req.params.id);
      const count = Number(req.params.count);
      if (!Number.isSafeInteger(count) || count < 1) throw new HttpError(400, "how many?");
      const bytes = await file.slice(0, count).bytes();
      return Response.json({
        count: bytes.length,
        hex: Buffer.from(bytes).toString("hex"),
        base64: Buffer.from(bytes).toString("base64url"),
      });
    },
    "/files/:id/stream": async (req) => {
      const { file, meta } = await found(req.params.id);
      return new Response(file.stream(), { headers: { "Content-Type": meta.type } });
    },
    "/files/:id/copy": {
      POST: async (req) => {
        const { name } = (await req.json()) as { name: string };
        const meta = await store.copy(req.params.id, name);
        if (!meta) throw new HttpError(404, `no file ${req.params.id}`);
        return Response.json(meta);
      },
    },
    "/echo": {
      POST: async (req) => {
        let size = 0;
        let chunks = 0;
        for await (const chunk of req.body ?? []) {
          size += chunk.length;
          chunks++;
        }
        return Response.json({ size, some: chunks > 0, type: req.headers.get("content-type") });
      },
    },
    "/usage": async () => new Response(`${await store.usage()}\n`),
  },
  fetch(req) {
    return new HttpError(404, `no route ${new URL(req.url).pathname}`).toResponse();
  },
  error(error) {
    if (error instanceof HttpError) return error.toResponse();
    console.error(error);
    return new Response("internal error", { status: 500 });
  },
});

console.log("listening on", server.url.toString());
