import { both, type Difference, either, header, NOTHING, within } from "./difference.ts";

/** Of connections, and of what is refused. */
export const ofConnections: readonly Difference[] = [
  {
    what: "a refusal (400, 413, 431, 505 …)",
    row: {
      bun: "no Date and no length",
      mantou: "`Content-Length: 0`, and a Date",
      why: "RFC 9112 §6.3: nobody has to wait for the end of the connection to know that nothing comes",
    },
    covers: both(
      either(
        within("bad requests", ""),
        within("request content", "Content-Length past", "chunked content past"),
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
      bun: "505 for what is no version at all; 431 for a long target; 400 for a Content-Length past 2^53",
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
    what: "two Hosts, or one that is no host",
    row: { bun: "taken, or 500", mantou: "400, and the connection is closed", why: "RFC 9112 §3.2: MUST" },
    covers: within("bad requests", "two Hosts", "a Host with a path"),
  },
  {
    what: "`Connection: close` in the last answer",
    row: { bun: "not said", mantou: "said", why: "RFC 9112 §9.6: SHOULD" },
    covers: header("connection", (ours, bun) => ours === "close" && bun === NOTHING),
  },
  {
    what: "HTTP/1.0 with `Connection: keep-alive`",
    row: { bun: "closed", mantou: "kept", why: "RFC 9112 §9.3" },
    covers: within("connection", "HTTP/1.0 with keep-alive"),
  },
  {
    what: "pipelined requests that are not all answered at once",
    row: {
      bun: "the connection is closed without an answer",
      mantou: "answered in order",
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
      mantou: "when the handler reads the content, and if none has come yet",
      why: "RFC 9110 §10.1.1: a refusal comes before the content",
    },
    covers: within(
      "connection",
      "Expect: 100-continue when",
      "Expect: 100-continue with the content at once",
    ),
  },
  {
    what: "another expectation than 100-continue",
    row: { bun: "ignored", mantou: "417", why: "RFC 9110 §10.1.1" },
    covers: within("connection", "another expectation"),
  },
];
