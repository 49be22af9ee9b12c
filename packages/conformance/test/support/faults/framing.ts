import { canary, get, type PlantedFault, post } from "./planted-fault.ts";

/** Transfer-Encoding and Content-Length. */
export const framingFaults: readonly PlantedFault[] = [
  {
    name: "Content-Length is ignored beside Transfer-Encoding, and the connection used on",
    rule: "rfc9112/6.3/te-and-cl",
    input: (text) =>
      /^transfer-encoding: ?chunked\r/im.test(text) ? text.replace(/^content-length:.*\r\n/im, "") : text,
    shortest: (h) => post(h, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n") + canary(h),
  },
  {
    name: "Transfer-Encoding is ignored beside Content-Length",
    rule: "rfc9112/6.3/te-and-cl",
    input: (text) =>
      /^content-length:/im.test(text) ? text.replace(/^transfer-encoding:.*\r\n/im, "") : text,
    shortest: (h) => post(h, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n") + canary(h),
  },
  {
    name: "a coding that is not known is ignored",
    rule: "rfc9112/6.3/te-obscured",
    input: (text) => text.replace(/^transfer-encoding: xchunked\r\n/im, ""),
    shortest: (h) => post(h, "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n", "0\r\n\r\n") + canary(h),
  },
  {
    name: "a request whose last coding is not chunked is read as chunked",
    rule: "rfc9112/6.3/te-not-final",
    input: (text) => text.replace(/^transfer-encoding: [^\r]*\r/im, "Transfer-Encoding: chunked\r"),
    shortest: (h) => post(h, "Transfer-Encoding: x\r\n", "0\r\n\r\n"),
  },
  {
    name: "Transfer-Encoding counts in HTTP/1.0",
    rule: "rfc9112/6.1/te-http10",
    input: (text) => text.replace(/^POST \/ HTTP\/1\.0/, "POST / HTTP/1.1"),
    shortest: (h) =>
      post(h, "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n", "0\r\n\r\n") + canary(h),
  },
  {
    name: "a plus sign is read in Content-Length",
    rule: "rfc9112/6.3/cl-invalid",
    input: (text) => text.replace(/^(content-length:) \+/im, "$1 "),
    shortest: (h) => post(h, "Content-Length: +5\r\n"),
  },
  {
    name: "a Content-Length without a number is none",
    rule: "rfc9112/6.3/cl-empty",
    input: (text) => text.replace(/^content-length: \r\n/im, ""),
    shortest: (h) => post(h, "Content-Length: \r\n"),
  },
  {
    name: "an invalid Content-Length gets a 411",
    rule: "rfc9112/6.3/cl-status",
    output: (text) => text.replace("HTTP/1.1 400 Bad Request", "HTTP/1.1 411 Length Required"),
    shortest: (h) => post(h, "Content-Length: x\r\n"),
  },
  {
    name: "the last Content-Length counts",
    rule: "rfc9112/6.3/cl-two-values",
    input: (text) => text.replace(/content-length: \w+\r\n(?=content-length)/i, ""),
    shortest: (h) => post(h, "Content-Length: 5\r\nContent-Length: 0\r\n") + canary(h),
  },
  {
    name: "a length is read modulo 2^64",
    rule: "rfc9110/8.6/cl-too-large",
    input: (text) =>
      text.replace(
        /content-length: (\d{15,})/i,
        (_, digits: string) => `Content-Length: ${BigInt(digits) % 2n ** 64n}`,
      ),
    shortest: (h) => post(h, `Content-Length: ${2n ** 64n}\r\n`, canary(h)),
  },
  {
    name: "zeros before a length make it octal",
    rule: "rfc9112/6.3/cl-content",
    input: (text) =>
      text.replace(
        /content-length: 0(\d+)/i,
        (_, digits: string) => `Content-Length: ${Number.parseInt(digits, 8)}`,
      ),
    shortest: (h) => post(h, `Content-Length: 0${canary(h).length}\r\n`, canary(h)) + canary(h),
  },
  {
    name: "what is behind a POST without a length is its content",
    rule: "rfc9112/6.3/no-framing-no-content",
    input: (text) =>
      text.replace(
        /^(POST [^\r]*\r\nHost: [^\r]*\r\n)\r\n([\s\S]+)$/,
        (_, start: string, rest: string) => `${start}Content-Length: ${rest.length}\r\n\r\n${rest}`,
      ),
    shortest: (h) => post(h, "") + canary(h),
  },
  {
    name: "a PUT without a length gets a 400",
    rule: "rfc9112/6.3/no-framing-no-content",
    input: (text) => text.replace(/^(PUT [^\r]*\r\nHost: [^\r]*\r\n)\r\n/, "$1Content-Length: x\r\n\r\n"),
    shortest: (h) => get(h, "").replace("GET", "PUT") + canary(h),
  },
  {
    name: "content of GET is the next request",
    rule: "rfc9112/6.3/get-with-content",
    input: (text) => text.replace(/^(GET[\s\S]*?)content-length: \d+\r\n/i, "$1"),
    shortest: (h) => `${get(h, `Content-Length: ${canary(h).length}\r\n`)}${canary(h)}${canary(h)}`,
  },
];
