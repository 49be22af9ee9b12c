import { canary, get, type PlantedFault, post } from "./planted-fault.ts";

const drop = (pattern: RegExp) => (text: string) => text.replace(pattern, "");

/** Packets, pipelining, persistence and ends. */
export const connectionFaults: readonly PlantedFault[] = [
  {
    name: "a packet that begins with LF is lost",
    rule: "rfc9112/2.2/any-cut",
    input: (text) => text.replace(/^\n/, ""),
    shortest: (h) => canary(h),
  },
  {
    name: "only the first request of a packet is answered",
    rule: "rfc9112/9.3.2/pipelining",
    input: (text) => text.replace(/^(GET[\s\S]*?\r\n\r\n)GET[\s\S]*/, "$1"),
    shortest: (h) => get(h) + canary(h),
  },
  {
    name: "close is ignored",
    rule: "rfc9112/9.6/close-is-last",
    input: (text) => text.replace(/^connection: close\r\n/im, ""),
    shortest: (h) => get(h, "Connection: close\r\n") + canary(h),
  },
  {
    name: "close is not said",
    rule: "rfc9112/9.6/close-said",
    output: drop(/Connection: close\r\n/g),
    shortest: (h) => canary(h),
  },
  {
    name: "an HTTP/1.0 connection persists by itself",
    rule: "rfc9112/9.3/http10-closes",
    input: (text) => text.replace("HTTP/1.0", "HTTP/1.1"),
    shortest: (h) => get(h).replace("1.1", "1.0") + canary(h),
  },
  {
    name: "a request is taken for whole at the client's end",
    rule: "rfc9112/8/incomplete-request",
    atEnd: "\r\n\r\n",
    shortest: (h) => get(h).slice(0, -4),
  },
  {
    name: "incomplete chunks are waited for",
    rule: "rfc9112/8/chunks-incomplete",
    hangsAtEnd: true,
    shortest: (h) => post(h, "Transfer-Encoding: chunked\r\n"),
  },
  {
    name: "incomplete content is waited for",
    rule: "rfc9112/6.3/content-incomplete",
    hangsAtEnd: true,
    shortest: (h) => post(h, "Content-Length: 5\r\n"),
  },
  {
    name: "a line that is no request is skipped",
    rule: "rfc9112/2.2/refused-is-last",
    input: (text) => text.replace(/\r\n\r\nx\r\n\r\n/, "\r\n\r\n"),
    shortest: (h) => `${get(h)}x\r\n\r\n${canary(h)}`,
  },
];
