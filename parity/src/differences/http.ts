import { at, both, content, type Difference, either, header, NOTHING, within } from "./difference.ts";

const plain = (type: string): string => type.toLowerCase().replace(/;\s*charset=utf-8$/, "");

/** A response with a status and content has its place in the record, where the other runtime has none. */
const whole = (area: string, name: string, ...entries: number[]) =>
  at(area, name, ...entries.map((entry) => `wire.${entry}`));

/** Of requests, responses and connections. */
export const ofHttp: readonly Difference[] = [
  {
    what: "`params` of a wildcard route",
    row: { bun: "without what `*` matched", mantou: 'with it, as `params["*"]`', why: "it is there already" },
    covers: at(
      "routing",
      "a wildcard gives no parameters of its own",
      "wire.0.headers.content-length",
      "wire.0.body",
    ),
  },
  {
    what: "a route that is `undefined`, or has no function or `Response` for a method",
    row: { bun: "left out", mantou: "`TypeError`", why: "a mistake is told of" },
    covers: at("routing", "routes that are none are refused", "notes"),
  },
  {
    what: "a pattern that can match nothing, or means something else than it says (`/a*`, `/*/a`, `/a:b`, `/:`)",
    row: { bun: "taken", mantou: "`TypeError`", why: "the README of `@mantou/router` has each case" },
    covers: at("routing", "patterns that are none are refused", "notes"),
  },
  {
    what: "`request.url` without a Host",
    row: {
      bun: "the path only, which is no URL",
      mantou: "with the server's own address",
      why: "RFC 9112 §3.3; `new URL(request.url)` works",
    },
    covers: either(within("request", "url without Host"), within("request", "url of an empty Host")),
  },
  {
    what: "`request.url` of a target in absolute-form",
    row: {
      bun: "with the Host of the field",
      mantou: "the target",
      why: "RFC 9112 §3.2.2: the field MUST be ignored",
    },
    covers: within("request", "url of a target in absolute-form"),
  },
  {
    what: "a method in lower case, or another one that is not registered",
    row: {
      bun: "the connection is closed without a word",
      mantou: "handled",
      why: "RFC 9110 §9.1: any token is a method",
    },
    covers: whole("request", "method", 7),
  },
  {
    what: "TRACE and CONNECT",
    row: { bun: "handled", mantou: "501", why: "Fetch standard: no `Request` can have these methods" },
    covers: either(within("request", "TRACE"), within("request", "CONNECT")),
  },
  {
    what: "`OPTIONS *`",
    row: { bun: "400", mantou: "handled", why: "RFC 9112 §3.2.4" },
    covers: within("request", "OPTIONS of the whole server"),
  },
  {
    what: "the type of `request.blob()` and of files in a form",
    row: {
      bun: "with `;charset=utf-8` added to text, or another one",
      mantou: "as it was sent",
      why: "Fetch standard",
    },
    covers: either(
      within("request", "arrayBuffer, bytes and blob"),
      within("request", "formData of a multipart form"),
    ),
  },
  {
    what: "`credentials`, `keepalive` and `referrer` of a request",
    row: {
      bun: "`include`, none, empty",
      mantou: "`same-origin`, false, `about:client`",
      why: "what `new Request(url)` has",
    },
    covers: within("request", "attributes of the Fetch standard"),
  },
  {
    what: "`params` of a request to `fetch`",
    row: { bun: "undefined", mantou: "an empty object", why: "one kind of request" },
    covers: within("request", "params of a request to fetch"),
  },
  {
    what: "`requestIP` when the request has been answered",
    row: {
      bun: "null",
      mantou: "the address, while the connection is there",
      why: "whoever logs after the answer has it",
    },
    covers: at("request", "requestIP when the request is over, or somebody else's", "notes.1"),
  },
  {
    what: "a refusal (400, 413, 431, 505 …)",
    row: {
      bun: "no Date and no length",
      mantou: "`Content-Length: 0`, and a Date",
      why: "RFC 9112 §6.3: nobody has to wait for the end of the connection to know that nothing comes",
    },
    covers: both(
      either(within("bad requests", ""), within("request", "Content-Length past", "chunked content past")),
      ({ path, ours, bun }) =>
        (path.endsWith(".content-length") && ours === "0" && bun === NOTHING) ||
        (path.endsWith(".date") && bun === NOTHING) ||
        (path.endsWith(".framing") && ours === "length" && bun === "close"),
    ),
  },
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
    what: "an answer of a handler to HEAD",
    row: {
      bun: "without Date and Content-Type; a stream is said to be chunked",
      mantou: "the fields that GET would have",
      why: "RFC 9110 §9.3.2",
    },
    covers: ({ path, ours, bun, scenario }) =>
      (/HEAD|a handler that throws is 500|a static response|method that a route|from a handler: |If-None-Match/.test(
        scenario,
      ) &&
        ((path.endsWith(".headers.date") && bun === NOTHING) ||
          (path.endsWith(".headers.content-type") && bun === NOTHING && ours !== NOTHING) ||
          (path.endsWith(".headers.transfer-encoding") && ours === NOTHING) ||
          (path.endsWith(".headers.content-length") && /stream/.test(scenario)))) ||
      false,
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
    covers: at("response", "a status text of its own", "wire.0.status"),
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
    covers: within("lifecycle", "development without a response"),
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

/** Of files and conditions; their rows stand in a section of their own. */
export const ofFiles: readonly Difference[] = [
  { what: "Range and HEAD", covers: at("files", "a range of HEAD and POST", "wire.0") },
  {
    what: "`Accept-Ranges` on a whole file",
    covers: both(
      within("files", ""),
      header("accept-ranges", (ours, bun) => ours === "bytes" && bun === NOTHING),
    ),
  },
  {
    what: "`Last-Modified` and conditions for a file that a handler returns",
    covers: either(
      both(
        within("files", ""),
        header("last-modified", (_ours, bun) => bun === NOTHING),
      ),
      at("files", "If-Modified-Since", "wire.4", "wire.6"),
    ),
  },
  {
    what: '`Content-Disposition: filename="…"` for a file that a handler returns',
    covers: both(
      within("files", ""),
      header("content-disposition", (ours) => ours === NOTHING),
    ),
  },
  {
    what: "a handler's file that is missing, without `error`",
    covers: within("files", "a file that is missing, from a handler", "a directory in place of a file"),
  },
  {
    what: "`Content-Range` of a slice that a handler returns",
    covers: both(
      within("files", "a slice"),
      header("content-range", (ours) => /\/10$/.test(ours)),
    ),
  },
  {
    what: "`Content-Type` with 304 and 412",
    covers: both(
      either(within("files", ""), within("etags", "")),
      header("content-type", (ours) => ours === NOTHING),
    ),
  },
  { what: "entity tags without quotes", covers: at("etags", "If-None-Match", "wire.5") },
  {
    what: "416 for a handler's file",
    row: { bun: "without its type", mantou: "with it", why: "as in routes" },
    covers: both(within("files", "ranges that cannot be satisfied", "a range of an empty file"), content),
  },
  {
    what: "304 and 412 for a static response",
    row: { bun: "without Date", mantou: "with it", why: "RFC 9110 §6.6.1: MUST" },
    covers: both(
      within("etags", ""),
      header("date", (_ours, bun) => bun === NOTHING),
    ),
  },
];
