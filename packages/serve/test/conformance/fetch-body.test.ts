import { Buffer } from "node:buffer";
import { type Case, describeCases, type FetchAPI, throws, untyped } from "../support/fetch-apis.ts";

type BodyInit = ConstructorParameters<FetchAPI["Response"]>[0];

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

function streamOf(...chunks: unknown[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

function form(): FormData {
  const data = new FormData();
  data.append("a", "1");
  return data;
}

const consume =
  (init: unknown, headers: Record<string, string>, method: "json" | "formData" | "blob") =>
  ({ Response }: FetchAPI) =>
    new Response(init as BodyInit, { headers })[method]();
const entries = async (data: unknown): Promise<unknown> => [...((await data) as FormData)];

describeCases("no body", [
  [
    "null",
    ({ Response }) => [new Response(null).body, new Response().body, new Response(undefined).bodyUsed],
    [null, null, false],
  ],
  [
    "can be read again and again",
    async ({ Response }) => {
      const response = new Response();
      return [
        await response.text(),
        await response.text(),
        (await response.arrayBuffer()).byteLength,
        (await response.blob()).size,
        response.bodyUsed,
      ];
    },
    ["", "", 0, 0, false],
  ],
  ["is no JSON", ({ Response }) => new Response().json(), throws("SyntaxError")],
  ["is no form", ({ Response }) => new Response().formData(), throws("TypeError")],
  ["can be cloned", ({ Response }) => new Response().clone().body, null],
]);

describeCases("the readers", [
  ["json", ({ Response }) => new Response(' {"a":[1]}\n').json(), { a: [1] }],
  ["json after a byte order mark", ({ Response }) => new Response("\ufeff1").json(), 1],
  ["json that is none", ({ Response }) => new Response("{").json(), throws("SyntaxError")],
  [
    "a body that is no JSON is used all the same",
    async ({ Response }) => {
      const response = new Response("{");
      await response.json().catch(() => {});
      return response.bodyUsed;
    },
    true,
  ],
  ["formData of FormData", async ({ Response }) => entries(new Response(form()).formData()), [["a", "1"]]],
  [
    "formData, urlencoded",
    async (api) =>
      entries(
        consume("a=1+2&b=%C3%A9", { "content-type": "application/x-www-form-urlencoded" }, "formData")(api),
      ),
    [
      ["a", "1 2"],
      ["b", "\u00e9"],
    ],
  ],
  [
    "formData, multipart",
    async (api) =>
      entries(
        consume(
          '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
          { "content-type": "multipart/form-data; boundary=x" },
          "formData",
        )(api),
      ),
    [["a", "1"]],
  ],
  ["formData of something else", consume("a", {}, "formData"), throws("TypeError")],
  [
    "formData that is broken",
    consume("a", { "content-type": "multipart/form-data; boundary=x" }, "formData"),
    throws("TypeError"),
  ],
  [
    "the type of FormData has its boundary",
    ({ Response }) =>
      /^multipart\/form-data; boundary=/.test(new Response(form()).headers.get("content-type")!),
    true,
  ],
  ...Object.entries({
    "A/B; Charset=X": "a/b;charset=x",
    "text/html, text/plain": "text/plain",
    nonsense: "",
    "": "",
    "a/b;c": "a/b",
    'a/b; c="d e"': 'a/b;c="d e"',
  }).map(
    ([type, expected]): Case => [
      `the type of a blob of ${JSON.stringify(type)}`,
      async (api) => ((await consume("x", { "content-type": type }, "blob")(api)) as Blob).type,
      expected,
    ],
  ),
  [
    "arrayBuffer can be transferred",
    async ({ Response }) => {
      const buffer = await new Response("abc").arrayBuffer();
      return structuredClone(buffer, { transfer: [buffer] }).byteLength;
    },
    3,
  ],
]);

describeCases("what is given is copied", [
  [
    "a Uint8Array",
    async ({ Response }) => {
      const given = bytes("abc");
      const response = new Response(given);
      given[0] = 0x78;
      return response.text();
    },
    "abc",
  ],
  [
    "an ArrayBuffer",
    async ({ Response }) => {
      const given = bytes("abc");
      const response = new Response(given.buffer as ArrayBuffer);
      given[0] = 0x78;
      return response.text();
    },
    "abc",
  ],
  [
    "and what is got is not shared",
    async ({ Response }) => {
      const response = new Response(bytes("abc"));
      const clone = response.clone();
      new Uint8Array(await response.arrayBuffer())[0] = 0x78;
      return clone.text();
    },
    "abc",
  ],
  [
    "nor is what is read of a stream",
    async ({ Response }) => {
      const response = new Response("abc");
      const clone = response.clone();
      const { value } = await response.body!.getReader().read();
      value![0] = 0x78;
      return clone.text();
    },
    "abc",
  ],
]);

describeCases("streams", [
  [
    "one that is locked",
    ({ Response }) => {
      const stream = streamOf(bytes("a"));
      stream.getReader();
      return new Response(stream);
    },
    throws("TypeError"),
  ],
  [
    "one that has been read",
    async ({ Response }) => {
      const stream = streamOf(bytes("a"), bytes("b"));
      const reader = stream.getReader();
      await reader.read();
      reader.releaseLock();
      return new Response(stream);
    },
    throws("TypeError"),
  ],
  [
    "one that fails",
    ({ Response }) =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.error(new RangeError("no"));
          },
        }),
      ).text(),
    throws("RangeError"),
  ],
  ["one of other things than bytes", ({ Response }) => new Response(streamOf(1)).text(), throws("TypeError")],
  [
    "the body is the stream itself",
    ({ Response }) => {
      const stream = streamOf();
      return new Response(stream).body === stream;
    },
    true,
  ],
  [
    "the stream of bytes can be read into one's own memory",
    async ({ Response }) => {
      const reader = untyped<ReadableStream>(new Response("abc").body).getReader({ mode: "byob" });
      const { value } = await reader.read(new Uint8Array(2));
      return Buffer.from(value!).toString();
    },
    "ab",
  ],
  [
    "what has been read is used",
    async ({ Response }) => {
      const response = new Response("abc");
      const reader = response.body!.getReader();
      await reader.read();
      reader.releaseLock();
      return [response.bodyUsed, await response.text().catch((error: Error) => error.name)];
    },
    [true, "TypeError"],
  ],
]);
