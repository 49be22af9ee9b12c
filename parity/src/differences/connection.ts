import { both, type Difference, either, header, NOTHING, within } from "./difference.ts";

/** Differences of connections and refusals. */
export const ofConnections: readonly Difference[] = [
  {
    what: "a refusal (400, 413, 431, 505 …)",
    row: {
      bun: "no Date and no length",
      mantou: "`Content-Length: 0`, and a Date",
      why: "RFC 9112 §6.3: without a length, a client waits for the end of the connection",
    },
    covers: both(
      either(
        within("bad requests", ""),
        within("request body", "Content-Length past", "a chunked body past"),
      ),
      ({ path, ours, bun }) =>
        (path.endsWith(".content-length") && ours === "0" && bun === NOTHING) ||
        (path.endsWith(".date") && bun === NOTHING) ||
        (path.endsWith(".framing") && ours === "length" && bun === "close"),
    ),
  },
  {
    what: "the status for a bad request line, or a bad Content-Length",
    row: {
      bun: "505 for an invalid version; 431 for a long target; 400 for a Content-Length past 2^53",
      mantou: "400; 414; 413",
      why: "RFC 9110 §15.6.6, §15.5.15, §15.5.14",
    },
    covers: both(
      within(
        "bad requests",
        "no version",
        "a version in lower case",
        "bare line feeds",
        "a target of 100 KB",
        "a Content-Length past",
      ),
      ({ path }) => path === "wire.0.status",
    ),
  },
  {
    what: "two Hosts, or an invalid one",
    row: { bun: "accepted, or 500", mantou: "400, and the connection is closed", why: "RFC 9112 §3.2: MUST" },
    covers: within("bad requests", "two Hosts", "a Host with a path"),
  },
  {
    what: "a Host of more than 261 characters, a name's 255 and a port",
    row: {
      bun: "accepted",
      mantou: "400, and the connection is closed",
      why: "no name is longer (RFC 3986 §3.2.2), and Node.js takes quadratic time for some long hosts of URLs",
    },
    covers: within("bad requests", "a Host of 262 characters"),
  },
  {
    what: "`Connection: close` in the last response",
    row: { bun: "not sent", mantou: "sent", why: "RFC 9112 §9.6: SHOULD" },
    covers: header("connection", (ours, bun) => ours === "close" && bun === NOTHING),
  },
  {
    what: "HTTP/1.0 with `Connection: keep-alive`",
    row: { bun: "closed", mantou: "kept", why: "RFC 9112 §9.3" },
    covers: within("connection", "HTTP/1.0 with keep-alive"),
  },
  {
    what: "pipelined requests whose handlers wait",
    row: {
      bun: "the connection is closed without a response",
      mantou: "responses in order",
      why: "RFC 9112 §9.3.2",
    },
    covers: within(
      "connection",
      "pipelined requests of which the first takes longest",
      "a pipelined request waits",
    ),
  },
  {
    what: "100 Continue",
    row: {
      bun: "always, at once",
      mantou: "when the handler reads the body, unless a part of it has arrived",
      why: "RFC 9110 §10.1.1: a refusal comes before the body",
    },
    covers: within("connection", "Expect: 100-continue when", "Expect: 100-continue with the body at once"),
  },
  {
    what: "an expectation other than 100-continue",
    row: { bun: "ignored", mantou: "417", why: "RFC 9110 §10.1.1" },
    covers: within("connection", "another expectation"),
  },
];
