import { get, type PlantedFault } from "./planted-fault.ts";

/** Host. */
export const hostFaults: readonly PlantedFault[] = [
  {
    name: "no Host is needed",
    rule: "rfc9112/3.2/host-missing",
    input: (text) => (/^Host:/im.test(text) ? text : text.replace("\r\n", "\r\nHost: a\r\n")),
    shortest: () => "GET / HTTP/1.1\r\n\r\n",
  },
  {
    name: "the first Host counts",
    rule: "rfc9112/3.2/host-duplicate",
    input: (text) => text.replace(/(Host: [^\r]*\r\n)Host:[^\r]*\r\n/i, "$1"),
    shortest: (h) => get(h, `Host: ${h}\r\n`),
  },
  {
    name: "any Host is taken",
    rule: "rfc9112/3.2/host-invalid",
    input: (text) => text.replace(/Host: u@h\r\n/, "Host: h\r\n"),
    shortest: () => get("u@h"),
  },
  {
    name: "HTTP/1.0 needs a Host",
    rule: "rfc9112/3.2/host-without-need",
    input: (text) => (/^Host:/im.test(text) ? text : text.replace("HTTP/1.0", "HTTP/1.1")),
    shortest: () => "GET / HTTP/1.0\r\n\r\n",
  },
];
