import { request } from "../client.ts";
import { AreaBuilder } from "../scenario.ts";

/** Responds with the value of `read`, or the name of its error. */
const read = (reader: (req: Request) => Promise<unknown>) => () => ({
  fetch: async (req: Request) => {
    try {
      return new Response(JSON.stringify(await reader(req)) ?? "undefined");
    } catch (error) {
      return new Response(`throws ${(error as Error).name}`, { status: 400 });
    }
  },
});

const post = (content: string, ...fields: string[]) =>
  ["POST /", [`Content-Length: ${content.length}`, ...fields], content] as const;

const FORM = [
  "--B",
  'Content-Disposition: form-data; name="a"',
  "",
  "1",
  "--B",
  'Content-Disposition: form-data; name="f"; filename="x.txt"',
  "Content-Type: text/plain",
  "",
  "file",
  "--B--",
  "",
].join("\r\n");

const entries = async (req: Request) => {
  const list: unknown[] = [];
  for (const [name, value] of await req.formData()) {
    list.push([name, typeof value === "string" ? value : [value.name, value.type, await value.text()]]);
  }
  return list;
};

export const requestBodies: AreaBuilder = new AreaBuilder("request body")
  .add(
    "text",
    read((req) => req.text()),
    async (c) => c.ask(...post("h\xc3\xa4")),
  )
  .add(
    "text with a byte order mark, and of broken UTF-8",
    read((req) => req.text()),
    async (c) => {
      await c.ask(...post("\xef\xbb\xbfa"));
      await c.ask(...post("a\xffb"));
    },
  )
  .add(
    "json",
    read((req) => req.json()),
    async (c) => {
      await c.ask(...post('{"a":[1,null]}'));
      await c.ask(...post("{"));
      await c.ask(...post(""));
      await c.ask("GET /");
    },
  )
  .add(
    "arrayBuffer, bytes and blob",
    read(async (req) => {
      const path = new URL(req.url).pathname;
      if (path === "/b") return [...(await (req as unknown as { bytes(): Promise<Uint8Array> }).bytes())];
      if (path === "/a") return [...new Uint8Array(await req.arrayBuffer())];
      const blob = await req.blob();
      return [blob.size, blob.type, await blob.text()];
    }),
    async (c) => {
      for (const path of ["a", "b", "c"])
        await c.ask(`POST /${path}`, ["Content-Length: 3", "Content-Type: text/x"], "\x00ab");
    },
  )
  .add("formData of urlencoded fields", read(entries), async (c) => {
    await c.ask(...post("a=1&b=%C3%A4+x&a=2", "Content-Type: application/x-www-form-urlencoded"));
  })
  .add("formData of a multipart form", read(entries), async (c) => {
    await c.ask(...post(FORM, "Content-Type: multipart/form-data; boundary=B"));
  })
  .add("formData of something else", read(entries), async (c) => {
    await c.ask(...post("a=1", "Content-Type: text/plain"));
    await c.ask(...post("a=1", "Content-Type: multipart/form-data"));
    await c.ask(...post("a=1"));
  })
  .add(
    "a request without a body",
    read(async (req) => [req.body === null, await req.text(), req.bodyUsed]),
    async (c) => {
      await c.ask("GET /");
      await c.ask("POST /");
      await c.ask("POST /", ["Content-Length: 0"]);
    },
  )
  .add(
    "a body is read once",
    read(async (req) => {
      const before = req.bodyUsed;
      await req.text();
      return [before, req.bodyUsed, await req.text().catch((error: Error) => error.name)];
    }),
    async (c) => c.ask(...post("once")),
  )
  .add(
    "a clone can be read too",
    read(async (req) => {
      const clone = req.clone();
      return [await req.text(), await clone.text(), clone.method, clone.headers.get("x")];
    }),
    async (c) => c.ask(...post("twice", "X: 1")),
  )
  .add(
    "a body as a stream",
    read(async (req) => {
      let text = "";
      for await (const chunk of req.body!) text += Buffer.from(chunk).toString("latin1");
      return text;
    }),
    async (c) => {
      await c.ask(...post("streamed"));
      await c
        .connect()
        .write(request("POST /", ["Transfer-Encoding: chunked"], "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n"))
        .response();
    },
  )
  .add(
    "a body is streamed as it comes",
    ({ note }) => ({
      fetch: async (req) => {
        const reader = req.body!.getReader();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          note(Buffer.from(value).toString());
        }
        return new Response("done");
      },
    }),
    async (c) => {
      const http = c.connect().write(request("POST /", ["Content-Length: 4"], "ab"));
      await c.noted(1);
      await http.write("cd").response();
    },
  )
  .add(
    "a whole chunked body",
    read((req) => req.text()),
    async (c) => {
      await c.ask("POST /", ["Transfer-Encoding: chunked"], "A\r\n0123456789\r\n0\r\n\r\n");
      await c.ask("POST /", ["transfer-encoding: Chunked"], "0\r\n\r\n");
    },
  )
  .add(
    "Content-Length past maxRequestBodySize is 413",
    ({ note }) => ({
      maxRequestBodySize: 10,
      fetch: async (req) => {
        note("fetch");
        return new Response(await req.text());
      },
    }),
    async (c) => {
      await c.ask(...post("0123456789"));
      const http = c.connect();
      await http.ask(...post("0123456789a"));
      await http.closed();
    },
  )
  .add(
    "a chunked body past maxRequestBodySize",
    () => ({ maxRequestBodySize: 4, fetch: async (req) => new Response(await req.text()) }),
    async (c) => {
      await c.ask("POST /", ["Transfer-Encoding: chunked"], "4\r\nabcd\r\n0\r\n\r\n");
      await c.ask("POST /", ["Transfer-Encoding: chunked"], "4\r\nabcd\r\n1\r\ne\r\n0\r\n\r\n");
    },
  )
  .add(
    "a body that no handler reads",
    () => ({ fetch: () => new Response("ok") }),
    async (c) => {
      const http = c.connect();
      await http.ask(...post("unread"));
      await http.ask("GET /");
    },
  )
  .add(
    "a body that is cut short rejects",
    ({ note }) => ({
      fetch: async (req) => {
        note("begun");
        await req.text().catch((error: Error) => note(error.name));
        return new Response();
      },
    }),
    async (c) => {
      const http = c.connect().write(request("POST /", ["Content-Length: 10"], "abc"));
      await c.noted(1);
      http.abort();
      await c.noted(2);
    },
  );
