import type { Socket } from "node:net";
import { canary, get, type PlantedFault, post } from "./planted-fault.ts";

const drop = (pattern: RegExp) => (text: string) => text.replace(pattern, "");

/** What the server sends, HEAD and Expect. */
export const responseFaults: readonly PlantedFault[] = [
  {
    name: "responses to HEAD have content",
    rule: "rfc9110/9.3.2/head-no-content",
    input: (text) => text.replace(/^HEAD/, "GET"),
    shortest: (h) => `${get(h).replace("GET", "HEAD")}${canary(h)}`,
  },
  {
    name: "the length that HEAD says is another one",
    rule: "rfc9110/8.6/head-length",
    output: (text) =>
      text.endsWith("\r\n\r\n") ? text.replace(/\r\n\r\n$/, "\r\nContent-Length: 7\r\n\r\n") : text,
    shortest: (h) => canary(h),
  },
  {
    name: "100 is never sent",
    rule: "rfc9110/10.1.1/continue",
    neverContinues: true,
    shortest: (h) => post(h, "Expect: 100-continue\r\nContent-Length: 5\r\n", "hello"),
  },
  {
    name: "HTTP/1.0 gets a 100",
    rule: "rfc9110/10.1.1/continue-http10",
    output: (text) => text,
    input: (text) => text.replace("HTTP/1.0", "HTTP/1.1"),
    shortest: (h) => post(h, "Expect: 100-continue\r\nContent-Length: 5\r\n", "hello"),
  },
  {
    name: "no Date",
    rule: "rfc9110/6.6.1/date",
    output: drop(/Date: [^\r]*\r\n/g),
    shortest: (h) => get(h),
  },
  {
    name: "two Dates",
    rule: "rfc9110/6.6.1/date",
    output: (text) => text.replace(/Date: [^\r]*\r\n/g, "$&$&"),
    shortest: (h) => get(h),
  },
  {
    name: "Transfer-Encoding and Content-Length in a response",
    rule: "rfc9112/6.2/te-with-cl",
    output: (text) =>
      text.replace(
        /^HTTP\/1\.1 204[\s\S]*?(?=\r\n\r\n)/m,
        "$&\r\nTransfer-Encoding: chunked\r\nContent-Length: 0",
      ),
    shortest: (h) => get(h).replace("GET", "OPTIONS"),
  },
  {
    name: "Transfer-Encoding and Content-Length in a response with content",
    rule: "rfc9112/6.2/te-with-cl",
    output: (text) => text.replace("HTTP/1.1 404 Not Found\r\n", "$&Transfer-Encoding: chunked\r\n"),
    shortest: (h) => get(h).replace("/", "/a"),
  },
  ...["1.0", "1.1"].map((version) => ({
    name: `HTTP/1.0 gets chunks in HTTP/${version}`,
    rule: "rfc9112/6.1/te-to-http10",
    takes: (text: string, socket: Socket) =>
      text.startsWith("GET / HTTP/1.0\r\n") &&
      socket.write(`HTTP/${version} 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
    shortest: (h: string) => get(h).replace("1.1", "1.0"),
  })),
  {
    name: "a 204 with Content-Length",
    rule: "rfc9112/6.1/no-framing-fields",
    output: (text) => text.replace(/^HTTP\/1\.1 204[\s\S]*?(?=\r\n\r\n)/m, "$&\r\nContent-Length: 0"),
    shortest: (h) => get(h).replace("GET", "OPTIONS"),
  },
  {
    name: "no space behind the status",
    rule: "rfc9112/4/space-behind-status",
    output: (text) => text.replace("HTTP/1.1 404 Not Found", "HTTP/1.1 404"),
    shortest: (h) => get(h).replace("/", "/a"),
  },
  {
    name: "an LF alone ends the status line",
    rule: "rfc9112/4/response-grammar",
    output: (text) => text.replace("404 Not Found\r\n", "404 Not Found\n"),
    shortest: (h) => get(h).replace("/", "/a"),
  },
  {
    name: "bytes behind the last response",
    rule: "rfc9112/4/response-grammar",
    output: (text) => (text.includes("Connection: close") ? `${text}\r\n` : text),
    shortest: (h) => canary(h),
  },
  {
    name: "a 405 without Allow",
    rule: "rfc9110/15.5.6/allow",
    output: drop(/Allow: [^\r]*\r\n/g),
    shortest: (h) => get(h).replace("GET", "PUT"),
  },
  {
    name: "Upgrade that Connection does not name",
    rule: "rfc9110/7.8/upgrade-listed",
    output: (text) => text.replace("HTTP/1.1 404 Not Found\r\n", "$&Upgrade: h2c\r\n"),
    shortest: (h) => get(h).replace("/", "/a"),
  },
  {
    name: "a 401 without WWW-Authenticate",
    rule: "rfc9110/15/needed-fields",
    status: (_, target) => (target === "/" ? undefined : 401),
    shortest: (h) => get(h).replace("/", "/a"),
  },
  {
    name: "HEAD is not there",
    rule: "rfc9110/9.3.2/head-as-get",
    status: (method) => (method === "HEAD" ? 404 : undefined),
    shortest: (h) => get(h).replace("GET", "HEAD"),
  },
  {
    name: "a protocol is switched to that was not offered",
    rule: "rfc9110/7.8/switch-unasked",
    takes: (text, socket) =>
      /^BREW/.test(text) &&
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    shortest: (h) => get(h).replace("GET", "BREW"),
  },
  {
    name: "a part without Content-Range",
    rule: "rfc9110/15/needed-fields",
    output: (text) => text.replace("HTTP/1.1 404 Not Found", "HTTP/1.1 206 Partial Content"),
    shortest: (h) => get(h).replace("/", "/a"),
  },
  {
    name: "HTTP/1.0 upgrades",
    rule: "rfc9110/7.8/upgrade-http10",
    takes: (text, socket) =>
      /^Upgrade: x/m.test(text) &&
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    shortest: (h) => get(h, "Connection: upgrade\r\nUpgrade: x\r\n"),
  },
];
