import { inspect } from "node:util";
import { platform } from "../../src/fetch/platform.ts";
import { outcome } from "./fetch-apis.ts";

/** The platform's own constructor, also where the global is another. */
export const PlatformRequest: typeof Request = platform.Request;

/** What can be done to a request, to be compared with what it does to one that the platform made of the same. */
export const acts: Record<string, (req: Request) => unknown> = {
  attributes: (req) =>
    Object.getOwnPropertyNames(PlatformRequest.prototype)
      .filter((name) => name !== "attribute")
      .map((name) => [name, (req as unknown as Record<string, unknown>)[name]])
      .filter(([, value]) => typeof value !== "object" && typeof value !== "function"),
  "all members": (req) =>
    Object.getOwnPropertyNames(PlatformRequest.prototype).map((name) => [
      name,
      typeof (req as unknown as Record<string, unknown>)[name],
    ]),
  "enumerable members": (req) => {
    const names: string[] = [];
    for (const name in req) names.push(name);
    return Object.getOwnPropertyNames(PlatformRequest.prototype).filter((name) => names.includes(name));
  },
  headers: (req) => [
    [...req.headers],
    req.headers.get("x-A"),
    req.headers.has("cookie"),
    req.headers instanceof Headers,
  ],
  "headers are one object": (req) => {
    const { headers } = req;
    return headers === req.headers;
  },
  "headers that are changed": (req) => {
    req.headers.set("x-new", "1");
    req.headers.delete("x-a");
    const clone = req.clone();
    req.headers.append("x-new", "2");
    return [[...req.headers], [...clone.headers], [...new Request(req).headers]];
  },
  text: (req) => req.text(),
  json: (req) => req.json(),
  arrayBuffer: async (req) => new Uint8Array(await req.arrayBuffer()),
  blob: async (req) => {
    const blob = await req.blob();
    return [blob.type, await blob.text()];
  },
  formData: async (req) =>
    Promise.all(
      [...(await req.formData())].map(async ([name, value]) => [
        name,
        typeof value === "string" ? value : [value.name, value.type, await value.text()],
      ]),
    ),
  "body is one stream": (req) => {
    const { body } = req;
    return [body === req.body, body === null, req.bodyUsed];
  },
  "body is read": async (req) => {
    const read: number[] = [];
    for await (const chunk of req.body ?? []) read.push(...chunk);
    return [read, req.bodyUsed];
  },
  "what is read is the reader's own memory": async (req) => {
    const chunks: Uint8Array[] = [new Uint8Array(await req.clone().arrayBuffer())];
    for await (const chunk of req.clone().body ?? []) chunks.push(chunk);
    chunks.push(await (req as unknown as { bytes(): Promise<Uint8Array> }).bytes());
    return chunks.map((chunk) => [
      Object.getPrototypeOf(chunk) === Uint8Array.prototype,
      chunk.buffer.byteLength === chunk.byteLength,
    ]);
  },
  "body is cancelled": async (req) => {
    await req.body?.cancel();
    return [req.bodyUsed, await outcome(() => req.text())];
  },
  "body is locked": (req) => {
    req.body?.getReader();
    return outcome(() => req.text());
  },
  bodyUsed: async (req) => {
    const before = req.bodyUsed;
    const reading = req.text();
    const during = req.bodyUsed;
    await reading;
    return [before, during, req.bodyUsed];
  },
  "reading twice": async (req) => {
    await req.text();
    return req.text();
  },
  clone: async (req) => {
    const clone = req.clone();
    return [clone.method, clone.url, [...clone.headers], await clone.text(), req.bodyUsed, await req.text()];
  },
  "clone of what is used": async (req) => {
    await req.text();
    return req.clone().method;
  },
  "clone, then clone": async (req) => {
    const clone = req.clone().clone();
    return [await req.text(), await clone.text()];
  },
  signal: (req) => [req.signal instanceof AbortSignal, req.signal.aborted],
  instanceof: (req) => [
    req instanceof Request,
    req instanceof PlatformRequest,
    req instanceof Response,
    Object.prototype.toString.call(req),
  ],
  "its constructor": (req) => req.constructor === Request || req.constructor === PlatformRequest,
  inspect: (req) => [
    inspect(req).startsWith("Request {"),
    inspect(req).includes(req.url),
    inspect({ req }).includes("Request"),
  ],
  "new Request(req)": async (req) => {
    const copy = new Request(req);
    const { bodyUsed } = req;
    return [
      copy.method,
      copy.url,
      [...copy.headers],
      bodyUsed,
      await copy.text(),
      await outcome(() => req.text()),
    ];
  },
  "new Request(req) of what is used": async (req) => {
    await req.text();
    return new Request(req).method;
  },
  "new Request(req, init)": async (req) => {
    const copy = new Request(req, { method: "DELETE", headers: { a: "1" } });
    return [copy.method, [...copy.headers], await copy.text()];
  },
  "new Request(req, other content)": async (req) => {
    const copy = new Request(req, { method: "POST", body: "other" });
    return [await copy.text(), req.bodyUsed, await req.text()];
  },
  "new Request(req, no content)": async (req) => {
    const copy = new Request(req, { body: null });
    return [await copy.text(), await outcome(() => req.text())];
  },
  "new Request(req, other content) of what is used": async (req) => {
    await req.text();
    return new Request(req, { method: "POST", body: "other" }).text();
  },
  "new Request(req, a method without content)": (req) => new Request(req, { method: "GET" }).method,
  "new Request(url, req)": async (req) => {
    const copy = new Request("http://b.example/", req);
    return [copy.method, copy.url, [...copy.headers], req.bodyUsed, await copy.text()];
  },
  "new Request(req, req)": (req) => new Request(req, req).text(),
  "a subclass": async (req) => {
    class Mine extends Request {
      twice(): string {
        return this.method + this.method;
      }
    }
    const mine = new Mine(req);
    return [
      mine.twice(),
      mine instanceof Mine,
      mine instanceof Request,
      req instanceof Mine,
      await mine.text(),
    ];
  },
  "a signal of one's own": (req) => {
    const mine = new AbortController();
    const copy = new Request(req, { signal: mine.signal });
    mine.abort();
    return [copy.signal.aborted, req.signal.aborted];
  },
  "fetch of what is used": async (req) => {
    await req.text();
    if (!req.bodyUsed) return null;
    const fetching: unknown = fetch(req);
    return [fetching instanceof Promise, await outcome(() => fetching)];
  },
};
