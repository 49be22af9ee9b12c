import type { Body, Case, Client, Handler } from "./script.ts";

const get: Client = { method: "GET", upload: null, requests: 1, reads: "all", leaves: "end", how: "fin" };
const plain: Handler = {
  waits: [],
  reads: "nothing",
  returns: "value",
  onError: "responds",
  response: "ours",
};
const stream: Extract<Body, { kind: "stream" }> = {
  kind: "stream",
  made: "pull",
  steps: [],
  forever: false,
  cancel: "ok",
  highWaterMark: 0,
  declares: null,
};

/** Scripts that once ended or stopped a server: every property begins with them. */
export const known: readonly Case[][] = [
  // HEAD, and a stream that fails after its head was sent.
  [
    {
      body: {
        ...stream,
        highWaterMark: 1,
        steps: [{ do: "chunk", size: 70_000 }, { do: "chunk", size: 3 }, { do: "throw" }],
      },
      handler: plain,
      client: { ...get, method: "HEAD" },
    },
  ],
  [
    {
      body: { ...stream, steps: [{ do: "chunk", size: 3 }, { do: "wait", for: 5 }, { do: "error" }] },
      handler: { ...plain, response: "platform" },
      client: { ...get, method: "HEAD" },
    },
  ],
  // A read that fails while the client has not taken the bytes of the read before.
  // With Linux's buffers for the loopback, of 4 MB, that is about the thirtieth.
  [28, 29, 30, 31, 32, 33].map((at) => ({
    body: { kind: "file", size: 12_000_000, as: "file", fault: { at, how: at % 2 === 0 ? "EBADF" : "EIO" } },
    handler: plain,
    client: { ...get, reads: 0 },
  })),
  // A large body in the smallest pieces, for a handler that does not read it.
  [
    {
      body: { kind: "whole", as: "text", size: 1 },
      handler: { ...plain, returns: "hang" },
      client: {
        ...get,
        method: "POST",
        upload: { framing: "chunked", total: 65_000, piece: 1, sent: 100, expects: false, pause: null },
      },
    },
  ],
  // A body that gives nothing, without end.
  ...(["pull", "generator", "from"] as const).map((made): Case[] => [
    {
      body: { ...stream, made, steps: [{ do: "chunk", size: 0 }], forever: true },
      handler: plain,
      client: get,
    },
  ]),
  // Bodies that hang until they are cancelled: a stream, and an iterator that gives something even then.
  (["pull", "iterator"] as const).map((made) => ({
    body: {
      ...stream,
      made,
      steps: [{ do: "chunk", size: 3 }, { do: "hang" }, { do: "chunk", size: 3 }],
    },
    handler: plain,
    client: { ...get, how: "rst" },
  })),
];
