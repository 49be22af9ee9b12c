import { get, type PlantedFault } from "./planted-fault.ts";

/** What comes before the field lines. */
export const requestLineFaults: readonly PlantedFault[] = [
  {
    name: "an empty line before a request is no request",
    rule: "rfc9112/2.2/leading-crlf",
    input: (text) => text.replace(/^\r\n/, "\0\r\n"),
    shortest: (h) => `\r\n${get(h)}`,
  },
  {
    name: "whitespace before the first field is skipped",
    rule: "rfc9112/2.2/whitespace-before-first-field",
    input: (text) => text.replace(/^([^\r]*\r\n)[ \t]+/, "$1"),
    shortest: (h) => `GET / HTTP/1.1\r\n Host: ${h}\r\n\r\n`,
  },
  {
    name: "spaces of the request line are counted as one",
    rule: "rfc9112/3/request-line-whitespace",
    input: (text) => text.replace(/^(\w+) +(\S+) +HTTP/, "$1 $2 HTTP"),
    shortest: (h) => get(h).replace(" ", "  "),
  },
  {
    name: "what is behind the version is ignored",
    rule: "rfc9112/3/request-line",
    input: (text) => text.replace(/^(\w+ \S+ HTTP\/1\.1) [^\r]+/, "$1"),
    shortest: (h) => get(h).replace("1.1", "1.1 x"),
  },
  {
    name: "a long target gets a 400",
    rule: "rfc9112/3/line-too-long",
    output: (text) => text.replace("HTTP/1.1 414 URI Too Long", "HTTP/1.1 400 Bad Request"),
    shortest: (h) => get(h).replace("/", `/?${"a".repeat(2 ** 17)}`),
  },
  {
    name: "bytes past ASCII are taken out of targets",
    rule: "rfc9112/3.2/target-characters",
    input: (text) => text.replace(/^(\w+ \/)[\x80-\xff]+/, "$1"),
    shortest: (h) => get(h).replace("/", "/\x80"),
  },
  {
    name: "a bare CR ends the request line",
    rule: "rfc9112/2.2/bare-cr-in-line",
    input: (text) => text.replace(/^([^\r\n]*)\r(?!\n)/, "$1\r\n"),
    shortest: (h) => get(h).replace("\r\n", "\r"),
  },
  {
    name: "the version is read without case",
    rule: "rfc9112/2.3/version-syntax",
    input: (text) => text.replace(/http\/1\.1\r\n/, "HTTP/1.1\r\n"),
    shortest: (h) => get(h).replace("HTTP", "http"),
  },
  {
    name: "HTTP/2.0 is read as HTTP/1.1",
    rule: "rfc9110/6.2/major-version",
    input: (text) => text.replace("HTTP/2.0\r\n", "HTTP/1.1\r\n"),
    shortest: (h) => get(h).replace("1.1", "2.0"),
  },
  {
    name: "HTTP/1.2 is refused",
    rule: "rfc9110/6.2/minor-version",
    input: (text) => text.replace(/HTTP\/1\.[2-9]/, "HTTP/9.9"),
    shortest: (h) => get(h).replace("1.1", "1.2"),
  },
  {
    name: "methods are compared without case",
    rule: "rfc9110/9.1/method-case",
    input: (text) => text.replace(/^get /i, "GET "),
    shortest: (h) => get(h).replace("GET", "get"),
  },
  {
    name: "request lines past 4000 bytes are refused",
    rule: "rfc9112/3/line-of-8000",
    input: (text) => (text.indexOf("\r\n") > 4000 ? text.replace(/ HTTP/, "  HTTP") : text),
    shortest: (h) => get(h).replace("/", `/?${"a".repeat(7981)}`),
  },
  {
    name: "a long request line is read for ever",
    rule: "rfc9112/3/line-without-end",
    takes: (text) => text.length > 20_000 && !text.includes("\r\n"),
    shortest: (h) => get(h).replace("/", `/?${"a".repeat(2 ** 17)}`),
  },
  {
    name: "absolute-form is refused",
    rule: "rfc9112/3.2.2/absolute-form",
    input: (text) => text.replace(/^GET http:/, "GET  http:"),
    shortest: (h) => get(h).replace("/", `http://${h}/`),
  },
  {
    name: "a target and a Host that differ are refused",
    rule: "rfc9112/3.2.2/absolute-form-other-host",
    input: (text) => text.replace(/^GET http:(?=[\s\S]*other\.example)/, "GET  http:"),
    shortest: (h) => get("other.example").replace("/", `http://${h}/`),
  },
  {
    name: "OPTIONS * is refused",
    rule: "rfc9112/3.2.4/asterisk-form",
    input: (text) => text.replace("OPTIONS *", "OPTIONS  *"),
    shortest: (h) => `OPTIONS * HTTP/1.1\r\nHost: ${h}\r\n\r\n`,
  },
  {
    name: "any port is taken",
    rule: "rfc9110/9.3.6/connect-port",
    input: (text) => text.replace(/^CONNECT a:x /, "GET / "),
    shortest: (h) => `CONNECT a:x HTTP/1.1\r\nHost: ${h}\r\n\r\n`,
  },
];
