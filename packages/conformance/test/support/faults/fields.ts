import { canary, get, type PlantedFault, post } from "./planted-fault.ts";

/** Field lines. */
export const fieldFaults: readonly PlantedFault[] = [
  {
    name: "a space before a colon is dropped",
    rule: "rfc9112/5.1/space-before-colon",
    input: (text) => text.replace(/^([\w-]+)[ \t]+:/gm, "$1:"),
    shortest: (h) => get(h, "X : chunked\r\n"),
  },
  {
    name: "names may have any byte",
    rule: "rfc9110/5.1/name-grammar",
    input: (text) => text.replace(/^[^\r\n:]*[\x80-\xff][^\r\n:]*:/gm, "X:"),
    shortest: (h) => get(h, "\x80: v\r\n"),
  },
  {
    name: "a line without a colon is skipped",
    rule: "rfc9112/5/colon-missing",
    input: (text) => text.replace(/^(Host:[^\r]*\r\n)[^:\r\n]+\r\n/m, "$1"),
    shortest: (h) => get(h, "!\r\n"),
  },
  {
    name: "a bare CR ends a field line",
    rule: "rfc9112/2.2/bare-cr-ends-line",
    input: (text) => text.replace(/\r(?!\n)/g, "\r\n"),
    shortest: (h) => post(h, "X: a\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n") + canary(h),
  },
  {
    name: "a folded line is a line of its own",
    rule: "rfc9112/5.2/folded-field",
    input: (text) => text.replace(/\r\n[ \t]+/g, "\r\n"),
    shortest: (h) => post(h, "X: a\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n") + canary(h),
  },
  {
    name: "names are compared with case",
    rule: "rfc9110/5.1/names-without-case",
    input: (text) => text.replace(/^host:/gm, "x-host:"),
    shortest: (h) => `${post(h, "content-length: 5\r\n", "hello").replace("Host", "host")}${canary(h)}`,
  },
  {
    name: "a tab is no whitespace around a value",
    rule: "rfc9112/5/whitespace-around-value",
    input: (text) => text.replace(/:\t/g, ": \0"),
    shortest: (h) => post(h, "Content-Length:\t5\r\n", "hello") + canary(h),
  },
];
