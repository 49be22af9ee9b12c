import { at, both, type Difference, either, header, NOTHING, within } from "./difference.ts";

const plain = (type: string): string => type.toLowerCase().replace(/;\s*charset=utf-8$/, "");

/** Scenarios with responses to HEAD, among others. */
const TO_HEAD =
  /HEAD|a handler that throws is 500|a static response|method that a route|from a handler: |If-None-Match/;

/** Differences of responses. */
export const ofResponses: readonly Difference[] = [
  {
    what: "the reason phrase of a status",
    row: {
      bun: "those of RFC 2616 and 4918 for 413 and 422, `HM` for an unregistered status",
      mantou: "those of RFC 9110, none",
      why: "RFC 9110 §15.5.14, §15.5.21; clients ignore them",
    },
    covers: ({ path, ours, bun }) =>
      path.endsWith(".status") &&
      ours.split(" ")[1] === bun.split(" ")[1] &&
      /^HTTP\/1\.1 (413|422|599)/.test(ours),
  },
  {
    what: "a handler's response to HEAD",
    row: {
      bun: "without Date and Content-Type; a stream has `Transfer-Encoding: chunked`",
      mantou: "the fields that GET would have",
      why: "RFC 9110 §9.3.2",
    },
    covers: both(
      ({ scenario }) => TO_HEAD.test(scenario),
      either(
        header("date", (_ours, bun) => bun === NOTHING),
        header("content-type", (ours, bun) => bun === NOTHING && ours !== NOTHING),
        header("transfer-encoding", (ours) => ours === NOTHING),
        both(
          within("response", "body to HEAD: a stream"),
          header("content-length", (_ours, bun) => bun === NOTHING),
        ),
      ),
    ),
  },
  {
    what: "a HEAD response without a body",
    row: {
      bun: "`Content-Length: 0`",
      mantou: "none",
      why: "RFC 9110 §8.6: it MUST be the length that GET would have, which the server does not know",
    },
    covers: header("content-length", (ours, bun) => ours === NOTHING && bun === "0"),
  },
  {
    what: "`charset` of JSON and of the type of a Blob",
    row: {
      bun: "`utf-8` is added",
      mantou: "as they are",
      why: "RFC 8259 §11: JSON has no `charset`; Fetch standard",
    },
    covers: header("content-type", (ours, bun) => plain(ours) === plain(bun)),
  },
  {
    what: "the type of bytes, of a Blob without one, and of an empty text",
    row: {
      bun: "`application/octet-stream` for bytes (not in static routes), `text/plain` for a Blob, none for an empty text",
      mantou: "none, none, `text/plain`",
      why: "Fetch standard: the server sends what `response.headers` shows",
    },
    covers: either(
      header("content-type", (ours, bun) => ours === NOTHING && bun === "application/octet-stream"),
      both(
        within("response", "body: a Blob", "body to HEAD: a Blob"),
        header("content-type", (ours) => ours === NOTHING),
      ),
      header("content-type", (ours, bun) => ours === "text/plain;charset=utf-8" && bun === NOTHING),
    ),
  },
  {
    what: "`statusText`",
    row: { bun: "ignored", mantou: "sent", why: "the application has set it" },
    covers: at("response headers", "a status text of its own", "wire.0.status"),
  },
  {
    what: "a response without a body that is sent twice",
    row: {
      bun: "its headers are missing the second time",
      mantou: "the same each time",
      why: "the first time has used up nothing",
    },
    covers: at("response", "one response without a body for two requests", "wire.1.headers.x-a"),
  },
  {
    what: "a thenable that is not a promise",
    row: { bun: "204", mantou: "awaited", why: "as `await` does" },
    covers: within("response", "a thenable"),
  },
  {
    what: "a stream with all its bytes in memory",
    row: { bun: "chunked", mantou: "with its length", why: "shorter, and clients know the length" },
    covers: both(within("response", "the same request's body sent back"), ({ path }) =>
      /\.(?:framing|headers\.(?:content-length|transfer-encoding))$/.test(path),
    ),
  },
  {
    what: "a stream that fails before its first byte, in the turn of the event loop in which it is returned",
    row: {
      bun: "the connection is closed without a response",
      mantou: "`error` is called, as for a handler that throws",
      why: "nothing has been sent yet. Later the head has left, and the connection is aborted, as in Bun",
    },
    covers: within("streams", "a stream that fails at once"),
  },
  {
    what: "a handler that returns nothing, in development",
    covers: within("development", "development without a response"),
  },
  {
    what: "the bare 500",
    covers: both(
      either(within("errors", ""), within("response", "")),
      either(
        ({ path, bun }) => path.endsWith(".body") && bun === "Something went wrong!",
        header(
          "content-type",
          (ours, bun) => bun === "text/plain" && (ours === "text/plain;charset=utf-8" || ours === NOTHING),
        ),
        both(
          within("errors", "error's response is used twice"),
          header("content-length", (_ours, bun) => bun === "21"),
        ),
      ),
    ),
  },
  {
    what: "a response of `error` that cannot be sent",
    row: {
      bun: "the bare 500",
      mantou: "500 without a body, and the connection is closed",
      why: "the simplest response cannot fail",
    },
    covers: at("errors", "error's response is used twice", "wire.1.headers.connection"),
  },
];
