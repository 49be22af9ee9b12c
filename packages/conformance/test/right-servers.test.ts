import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { type CheckOptions, check } from "../src/run/check.ts";
import { startServer } from "./support/faulty-server.ts";

const closing = new Set<() => Promise<unknown>>();

afterEach(async () => {
  await Promise.all([...closing].map((close) => close()));
  closing.clear();
});

/** A server of `node:http` that reads each request to its end before it responds. */
function listen(respond: RequestListener): Promise<string> {
  return listenRaw(async (request, response) => {
    const isWhole = await readAll(request);
    if (isWhole) respond(request, response);
  });
}

async function listenRaw(respond: RequestListener): Promise<string> {
  const server = createServer(respond);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.add(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function readAll(request: IncomingMessage): Promise<boolean> {
  try {
    for await (const _ of request);
    return true;
  } catch {
    return false;
  }
}

/** The small strict server, with something of its own. */
async function strict(own: Parameters<typeof startServer>[0]): Promise<string> {
  const server = await startServer(own);
  closing.add(() => server.close());
  return server.url;
}

/** The rules that are not held, and what came. */
async function others(url: string, only: readonly string[], options: CheckOptions = {}): Promise<string[]> {
  const found: string[] = [];
  let count = 0;
  const common = { seed: 1, timeout: 300, only };
  for await (const verdict of check(url, { ...common, ...options })) {
    count++;
    if (verdict.kind === "broken") found.push(`${verdict.rule.id}: ${verdict.violation.got}`);
    else if (verdict.kind !== "held") found.push(`${verdict.rule.id}: ${verdict.reason}`);
  }
  expect(count).toBeGreaterThanOrEqual(only.length);
  return found;
}

const OF_CONTENT = [
  "rfc9112/6.3/cl-content",
  "rfc9112/6.3/no-framing-no-content",
  "rfc9112/7.1/valid",
  "rfc9112/7/coding-name",
  "rfc9112/7.1.2/trailers",
  "rfc9112/7.1.1/extensions-ignored",
  "rfc9112/7.1.1/extensions-whitespace",
  "rfc9110/5.1/names-without-case",
  "rfc9112/5/whitespace-around-value",
];

it("an application that answers 400 to each POST breaks no rule of content", async () => {
  const url = await strict({ status: (method) => (method === "POST" ? 400 : undefined) });
  expect(await others(url, OF_CONTENT)).toEqual([]);
});

it("an application that answers 400 to content that it does not like breaks no rule of content", async () => {
  for (const liked of ["hello", ""]) {
    const url = await strict({
      contentStatus: (method, content) => (method !== "GET" && content !== liked ? 400 : undefined),
    });
    expect(await others(url, OF_CONTENT)).toEqual([]);
  }
});

it("a path that answers 400 to a plain request is not examined", async () => {
  const url = await listen((request, response) => {
    response.statusCode = request.url === "/?q=a" || request.method === "PUT" ? 200 : 400;
    response.end("x");
  });
  const examined = (options: CheckOptions) => others(url, ["rfc9112/2/plain-request"], options);
  await expect(examined({})).rejects.toThrow("Its response to a plain GET is a 400");
  // The canaries are GETs.
  await expect(examined({ method: "PUT" })).rejects.toThrow("Its response to a plain GET is a 400");
  expect(await examined({ path: "/?q=a" })).toEqual([]);
});

it("an echo of POST whose GET says something of its own breaks no rule of echoes", async () => {
  const url = await listenRaw((request, response) => {
    if (request.method === "POST") request.pipe(response);
    else response.end("Hello");
  });
  const only = ["echo-length", "echo-chunked", "echo-order", "echo-large", "echo-continue"];
  expect(await others(url, only)).toEqual([]);
});

it("a server that redirects an invalid request line breaks no rule of request lines", async () => {
  const output = (text: string) =>
    text.replace("HTTP/1.1 400 Bad Request", "HTTP/1.1 301 Moved Permanently\r\nLocation: /");
  const only = [
    "rfc9112/3/request-line",
    "rfc9112/3/request-line-whitespace",
    "rfc9112/2.3/version-syntax",
    "rfc9112/3.2/target-characters",
    "rfc9112/3.2/target-without-slash",
  ];
  expect(await others(await strict({ output }), only)).toEqual([]);
});

it("a server that closes connections without a word breaks only the rule that it says so", async () => {
  const url = await strict({ closesBehind: (method) => method !== "GET" });
  expect(await others(url, ["rfc9112/9.3.2/pipelining", "rfc9112/6.3/no-framing-no-content"])).toEqual([]);
});

it("a list in two lines is one list", async () => {
  const output = (text: string) =>
    text
      .replace("HTTP/1.1 404 Not Found\r\n", "$&Connection: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n")
      .replace("Connection: keep-alive\r\n", "Connection: x\r\n$&");
  const only = ["rfc9110/7.8/upgrade-listed", "rfc9112/9.3/http10-keep-alive"];
  expect(await others(await strict({ output }), only)).toEqual([]);
});

it("responses of other lengths than the plain one show no fault in the reading of packets", async () => {
  let count = 0;
  const changing = await listen((request, response) => {
    response.statusCode = request.url === "/" ? 200 : 404;
    response.end(request.url === "/" && request.method === "GET" ? "x" : "x".repeat(count++ % 10));
  });
  expect(await others(changing, ["rfc9112/2.2/any-cut"])).toEqual([]);
});

it("a close without a word, now and then, shows no fault in the reading of packets", async () => {
  let count = 0;
  const url = await strict({ closesBehind: (method) => method === "POST" && count++ % 2 === 0 });
  expect(await others(url, ["rfc9112/2.2/any-cut"])).toEqual([]);
});

it("a close because content has not come yet shows no fault in the reading of packets", async () => {
  const impatient = await listenRaw((request, response) => {
    setImmediate(() => {
      if (!request.complete) response.setHeader("Connection", "close");
      response.end("x");
    });
  });
  expect(await others(impatient, ["rfc9112/2.2/any-cut"])).toEqual([]);
});

it("a server that loses what is pipelined behind content is not accused of reading content wrong", async () => {
  const input = (text: string) => {
    const length = /content-length: (\d+)\r\n(?:[^\r]+\r\n)*\r\n/i.exec(text);
    if (length !== null) return text.slice(0, length.index + length[0].length + Number(length[1]));
    return text.replace(/(transfer-encoding[\s\S]*?\r\n0\r\n\r\n)[\s\S]*/i, "$1");
  };
  const url = await strict({ input });
  const reason = "it does not answer what is pipelined behind content";
  const found = await others(url, ["rfc9112/6.3/cl-content", "rfc9112/6.3/get-with-content"]);
  expect(found.sort()).toEqual([
    `rfc9112/6.3/cl-content: ${reason}`,
    `rfc9112/6.3/get-with-content: ${reason}`,
  ]);
});

it("with --method a rule compares responses to this method", async () => {
  const status = (method: string) => (method === "POST" ? 201 : method === "GET" ? 405 : undefined);
  const ofFields = ["rfc9110/5.1/unknown-fields"];
  expect(await others(await strict({ status }), ofFields, { method: "POST" })).toEqual([]);
});

it("with --method a server needs a Host if requests of this method need one", async () => {
  const status = (method: string) => (method === "POST" ? 201 : method === "GET" ? 405 : undefined);
  // It skips a line with leading whitespace, and needs no Host.
  const input = (text: string) => {
    const rest = text.replace(/^([^\r]*\r\n)[ \t][^\r]*\r\n/, "$1");
    return /^Host:/im.test(rest) ? rest : rest.replace("\r\n", "\r\nHost: a\r\n");
  };
  const ofLines = ["rfc9112/2.2/whitespace-before-first-field"];
  expect(await others(await strict({ status, input }), ofLines, { method: "POST" })).toEqual([
    "rfc9112/2.2/whitespace-before-first-field: it needs no Host, by whose absence it would show what it has read",
  ]);
});

it("a response may have a long head", async () => {
  const url = await listen((request, response) => {
    for (let i = 0; i < 300; i++) response.setHeader(`X-${i}`, "a".repeat(150));
    response.end(request.method === "HEAD" ? undefined : "x");
  });
  expect(await others(url, ["rfc9112/2/plain-request", "rfc9112/6.2/te-with-cl"])).toEqual([]);
});

const HIDDEN = ["rfc9112/2.2/bare-cr-ends-line", "rfc9112/5.2/folded-field", "rfc9112/5.2/folded-framing"];

it("a server that refuses what is behind the head by another status than 400 has read no coding there", async () => {
  const url = await strict({
    input: (text) => text.replace(/\r(?!\n)/g, " ").replace(/\r\n[ \t]+/g, " "),
    output: (text) => text.replace("HTTP/1.1 400 Bad Request", "HTTP/1.1 501 Not Implemented"),
  });
  expect(await others(url, HIDDEN)).toEqual([]);
});

it("the rules of hidden codings do not apply where nothing would show that they are broken", async () => {
  const refusing = await strict({ status: (method) => (method === "POST" ? 400 : undefined) });
  const ending = await strict({ closesBehind: (method) => method === "POST" });
  for (const url of [refusing, ending]) {
    expect((await others(url, HIDDEN)).sort()).toEqual(
      [...HIDDEN].sort().map((id) => expect.stringMatching(new RegExp(`^${id}: it .*POST`))),
    );
  }
});

it("a server that speaks HTTP/1.0 only answers in the highest version that it speaks", async () => {
  const output = (text: string) =>
    text.replace(/^HTTP\/1\.1 (?=\d)/gm, "HTTP/1.0 ").replace("Connection: keep-alive\r\n", "");
  expect(await others(await strict({ output }), ["rfc9110/6.2/own-version"])).toEqual([
    "rfc9110/6.2/own-version: it answers HTTP/1.1 in HTTP/1.0, which is the highest version that it speaks",
  ]);
});

it("requests go to the path of the URL", async () => {
  const url = await strict({ status: (_, target) => (target === "/app" ? 200 : 400) });
  expect(await others(url, ["rfc9110/5.1/names-without-case"], { path: "/app" })).toEqual([]);
});

it("a server that refuses the expectation of a request without content breaks no rule of echoes", async () => {
  const input = (text: string) =>
    /^expect:/im.test(text) ? text.replace(/^content-length: 0\r\n/im, "Content-Length: x\r\n") : text;
  const only = ["rfc9110/10.1.1/echo-continue"];
  expect(await others(await strict({ input }), only, { echo: "/echo" })).toEqual([]);
});
