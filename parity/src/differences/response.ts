import { at, both, type Difference, either, header, NOTHING, within } from "./difference.ts";

const plain = (type: string): string => type.toLowerCase().replace(/;\s*charset=utf-8$/, "");

/** Where there are answers to HEAD, among others. */
const TO_HEAD =
  /HEAD|a handler that throws is 500|a static response|method that a route|from a handler: |If-None-Match/;

/** Of responses. */
export const ofResponses: readonly Difference[] = [
  {
    what: "the words of a status",
    row: {
      bun: "those of RFC 2616 and 4918 for 413 and 422, `HM` for one that is not registered",
      mantou: "those of RFC 9110, none",
      why: "RFC 9110 §15.5.14, §15.5.21; nobody reads them",
    },
    covers: ({ path, ours, bun }) =>
      path.endsWith(".status") &&
      ours.split(" ")[1] === bun.split(" ")[1] &&
      /^HTTP\/1\.1 (413|422|599)/.test(ours),
  },
  {
    what: "an answer of a handler to HEAD",
    row: {
      bun: "without Date and Content-Type; a stream is said to be chunked",
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
          within("response", "content to HEAD: a stream"),
          header("content-length", (_ours, bun) => bun === NOTHING),
        ),
      ),
    ),
  },
  {
    what: "a HEAD response without content",
    row: {
      bun: "`Content-Length: 0`",
      mantou: "none",
      why: "RFC 9110 §8.6: it MUST be the length that GET would have, which nobody has said",
    },
    covers: header("content-length", (ours, bun) => ours === NOTHING && bun === "0"),
  },
  {
    what: "`charset` of JSON and of the type of a Blob",
    row: {
      bun: "`utf-8` is added",
      mantou: "as they are",
      why: "RFC 8259 §11: JSON has none; Fetch standard",
    },
    covers: header("content-type", (ours, bun) => plain(ours) === plain(bun)),
  },
  {
    what: "the type of bytes, of a Blob without one, and of an empty text",
    row: {
      bun: "`application/octet-stream` for bytes (not in static routes), `text/plain` for a Blob, none for an empty text",
      mantou: "none, none, `text/plain`",
      why: "Fetch standard: what `response.headers` says is sent",
    },
    covers: either(
      header("content-type", (ours, bun) => ours === NOTHING && bun === "application/octet-stream"),
      both(
        within("response", "content: a Blob", "content to HEAD: a Blob"),
        header("content-type", (ours) => ours === NOTHING),
      ),
      header("content-type", (ours, bun) => ours === "text/plain;charset=utf-8" && bun === NOTHING),
    ),
  },
  {
    what: "`statusText`",
    row: { bun: "ignored", mantou: "sent", why: "the application has said it" },
    covers: at("response headers", "a status text of its own", "wire.0.status"),
  },
  {
    what: "a response without content that is sent twice",
    row: {
      bun: "its headers are gone the second time",
      mantou: "the same each time",
      why: "nothing of it has been used",
    },
    covers: at("response", "one response without content for two requests", "wire.1.headers.x-a"),
  },
  {
    what: "a thenable that is no promise",
    row: { bun: "204", mantou: "awaited", why: "as `await` does" },
    covers: within("response", "a thenable"),
  },
  {
    what: "a stream of which all is there already",
    row: { bun: "chunked", mantou: "with its length", why: "shorter, and clients know how much comes" },
    covers: both(within("response", "the same request's content sent back"), ({ path }) =>
      /\.(?:framing|headers\.(?:content-length|transfer-encoding))$/.test(path),
    ),
  },
  {
    what: "a stream that fails before its first byte",
    row: {
      bun: "the connection is closed without an answer",
      mantou: "`error` is asked, as for a handler that throws",
      why: "nothing has been sent yet",
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
    what: "an answer of `error` that cannot be sent",
    row: {
      bun: "the bare 500",
      mantou: "500 without content, and the connection is closed",
      why: "nothing further is risked",
    },
    covers: at("errors", "error's response is used twice", "wire.1.headers.connection"),
  },
];
