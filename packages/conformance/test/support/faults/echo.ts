import { canary, type PlantedFault, post } from "./planted-fault.ts";

const echo = (text: string) => text.replace("/", "/echo");
const value = (h: string, raw: string) =>
  `POST /echo HTTP/1.1\r\nHost: ${h}\r\nX-Echo:${raw}\r\nContent-Length: 0\r\n\r\n`;

/** What an echo shows. */
export const echoFaults: readonly PlantedFault[] = [
  {
    name: "a CR in content is lost",
    rule: "rfc9112/6.2/echo-length",
    content: (text) => text.replaceAll("\r", ""),
    shortest: (h) => echo(post(h, "Content-Length: 2\r\n", "\r\n")) + canary(h),
  },
  {
    name: "a chunk's first zero byte ends it",
    rule: "rfc9112/7.1/echo-chunked",
    content: (text) => text.replace(/\0.*/s, ""),
    shortest: (h) => echo(post(h, "Transfer-Encoding: chunked\r\n", "1\r\n\0\r\n0\r\n\r\n")) + canary(h),
  },
  {
    name: "long content is cut",
    rule: "rfc9112/6.2/echo-large",
    content: (text) => text.slice(0, 70_000),
    shortest: (h) => echo(post(h, "Content-Length: 300000\r\n", "a".repeat(300_000))) + canary(h),
  },
  {
    name: "zero bytes are left out",
    rule: "rfc9110/10.1.1/echo-continue",
    content: (text) => text.replaceAll("\0", ""),
    shortest: (h) => echo(post(h, "Expect: 100-continue\r\nContent-Length: 1\r\n", "\0")),
  },
  {
    name: "incomplete content is responded to",
    rule: "rfc9112/6.3/echo-incomplete",
    takesIncomplete: true,
    shortest: (h) => echo(post(h, "Content-Length: 5\r\n", "h")),
  },
  {
    name: "a bare CR is dropped from a value",
    rule: "rfc9110/5.5/echo-control-characters",
    input: (text) => text.replace(/\r(?!\n)/g, ""),
    shortest: (h) => value(h, " a\rb"),
  },
  {
    name: "the first line of a folded value counts",
    rule: "rfc9112/5.2/echo-fold",
    input: (text) => text.replace(/\r\n[ \t][^\r]*/, ""),
    shortest: (h) => value(h, " a\r\n b"),
  },
  {
    name: "a value ends at a comma",
    rule: "rfc9110/5.5/echo-whole-value",
    value: (text) => text.split(",")[0]!,
    shortest: (h) => value(h, "a,b"),
  },
  {
    name: "methods are made upper case",
    rule: "rfc9110/9.1/echo-method-case",
    input: (text) => text.replace(/^[a-z]+/i, (method) => method.toUpperCase()),
    shortest: (h) => `get /echo HTTP/1.1\r\nHost: ${h}\r\nContent-Length: 0\r\n\r\n`,
  },
  {
    name: "what is no registered method is taken for POST",
    rule: "rfc9110/9.1/echo-method",
    input: (text) => text.replace(/^(?!GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS)[\w-]+(?= \/echo)/, "POST"),
    shortest: (h) => `brew /echo HTTP/1.1\r\nHost: ${h}\r\nContent-Length: 0\r\n\r\n`,
  },
  {
    name: "trailers are fields",
    rule: "rfc9110/6.5.1/echo-trailer-apart",
    mergesTrailers: true,
    shortest: (h) =>
      echo(post(h, "Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\nX-Echo: trailer\r\n\r\n")),
  },
  {
    name: "a trailer's value ends at a colon",
    rule: "rfc9112/7.1.2/echo-trailer",
    input: (text) => text.replace("X-Echo: a:b", "X-Echo: a"),
    shortest: (h) =>
      echo(
        post(h, "Transfer-Encoding: chunked\r\nTrailer: X-Echo\r\n", "1\r\na\r\n0\r\nX-Echo: a:b\r\n\r\n"),
      ),
  },
];
