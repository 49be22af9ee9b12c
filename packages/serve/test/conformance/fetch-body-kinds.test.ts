import { Buffer } from "node:buffer";
import { describeCases, type FetchAPI, throws } from "../support/fetch-apis.ts";

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

const TEXT = "text/plain;charset=UTF-8";

/** What a body is made of, its Content-Type, its text. Functions, where each time a new one is needed. */
const kinds: readonly (readonly [title: string, make: () => unknown, type: string | null, text: string])[] = [
  ["a string", () => "h\u00e9", TEXT, "h\u00e9"],
  ["an empty string", () => "", TEXT, ""],
  ["a string with half a pair", () => "a\ud800b", TEXT, "a\ufffdb"],
  ["an ArrayBuffer", () => bytes("x").buffer, null, "x"],
  ["a Uint8Array", () => bytes("xyz").subarray(1, 2), null, "y"],
  ["a Buffer", () => Buffer.from("xyz"), null, "xyz"],
  ["a DataView", () => new DataView(bytes("xyz").buffer, 1), null, "yz"],
  ["a Uint16Array", () => new Uint16Array([0x4141, 0x4242]), null, "AABB"],
  ["bytes that are no UTF-8", () => new Uint8Array([0x61, 0xff, 0xe2, 0x82]), null, "a\ufffd\ufffd"],
  ["a byte order mark", () => "\ufeffa\ufeff", TEXT, "a\ufeff"],
  ["a Blob", () => new Blob(["x", bytes("y")], { type: "a/b" }), "a/b", "xy"],
  ["a Blob without a type", () => new Blob(["x"]), null, "x"],
  [
    "URLSearchParams",
    () => new URLSearchParams({ a: "1 2", b: "&" }),
    "application/x-www-form-urlencoded;charset=UTF-8",
    "a=1+2&b=%26",
  ],
  ["a stream", () => streamOf(bytes("a"), bytes("b")), null, "ab"],
  ["an empty stream", () => streamOf(), null, ""],
  ["a number", () => 12, TEXT, "12"],
  ["an object", () => ({}), TEXT, "[object Object]"],
  ["false", () => false, TEXT, "false"],
];

for (const [title, make, type, text] of kinds) {
  const made = ({ Response }: FetchAPI): globalThis.Response => new Response(make() as BodyInit);
  describeCases(`a body of ${title}`, [
    ["its Content-Type", (api) => made(api).headers.get("content-type"), type],
    [
      "a Content-Type that is given stays",
      ({ Response }) =>
        new Response(make() as BodyInit, { headers: { "content-type": "x/y" } }).headers.get("content-type"),
      "x/y",
    ],
    ["text", (api) => made(api).text(), text],
    [
      "arrayBuffer",
      async (api) => {
        const buffer = await made(api).arrayBuffer();
        return [
          Object.prototype.toString.call(buffer),
          Buffer.from(buffer).equals(Buffer.from(await new Response(make() as BodyInit).arrayBuffer())),
        ];
      },
      ["[object ArrayBuffer]", true],
    ],
    [
      "blob",
      async (api) => {
        const blob = await made(api).blob();
        return [
          blob.type,
          Buffer.from(await blob.arrayBuffer()).equals(Buffer.from(await made(api).arrayBuffer())),
        ];
      },
      [type?.toLowerCase() ?? "", true],
    ],
    [
      "as a stream",
      async (api) => {
        const response = made(api);
        const reader = response.body!.getReader();
        let all = "";
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          all += Buffer.from(value).toString("latin1");
        }
        return all === Buffer.from(await made(api).arrayBuffer()).toString("latin1");
      },
      true,
    ],
    [
      "is used once",
      async (api) => {
        const response = made(api);
        const before = response.bodyUsed;
        const reading = response.text();
        const during = response.bodyUsed;
        await reading;
        return [before, during, response.bodyUsed, response.body!.locked];
      },
      [false, true, true, true],
    ],
    [
      "cannot be read again",
      async (api) => {
        const response = made(api);
        await response.text();
        return response.text();
      },
      throws("TypeError"),
    ],
    [
      "cannot be cloned when used",
      async (api) => {
        const response = made(api);
        await response.text();
        return response.clone();
      },
      throws("TypeError"),
    ],
    [
      "its clone has the same",
      async (api) => {
        const response = made(api);
        const clone = response.clone();
        return [
          clone.headers.get("content-type"),
          await clone.text(),
          response.bodyUsed,
          await response.text(),
        ];
      },
      [type, text, false, text],
    ],
    [
      "the clone of a clone",
      async (api) => {
        const response = made(api);
        const clone = response.clone().clone();
        return [await response.text(), await clone.text()];
      },
      [text, text],
    ],
    [
      "body is the same stream each time",
      (api) => {
        const response = made(api);
        const { body } = response;
        return response.body === body;
      },
      true,
    ],
    [
      "a locked body cannot be read",
      (api) => {
        const response = made(api);
        response.body!.getReader();
        return response.text();
      },
      throws("TypeError"),
    ],
    [
      "nor cloned",
      (api) => {
        const response = made(api);
        response.body!.getReader();
        return response.clone();
      },
      throws("TypeError"),
    ],
    [
      "a lock that is released",
      async (api) => {
        const response = made(api);
        response.body!.getReader().releaseLock();
        return [response.bodyUsed, await response.text()];
      },
      [false, text],
    ],
    [
      "a cancelled body is used",
      async (api) => {
        const response = made(api);
        await response.body!.cancel();
        return [response.bodyUsed, await response.text().catch((error: Error) => error.name)];
      },
      [true, "TypeError"],
    ],
    [
      "tee",
      async ({ Response }) => {
        const [a, b] = new Response(make() as BodyInit).body!.tee();
        return [await new Response(a).text(), await new Response(b).text()];
      },
      [text, text],
    ],
    [
      "body of another response",
      async ({ Response }) => {
        const first = new Response(make() as BodyInit);
        const second = new Response(first.body);
        return [first.bodyUsed, await second.text(), first.bodyUsed];
      },
      [false, text, true],
    ],
  ]);
}
