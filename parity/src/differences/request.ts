import { at, type Difference, either, within } from "./difference.ts";

/** Of routes and requests. */
export const ofRequests: readonly Difference[] = [
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
    what: "a pattern that can match nothing, or means something else than it says (`/a*`, `/*/a`, `/:`)",
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
    covers: at("request", "method", "wire.7"),
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
      within("request content", "arrayBuffer, bytes and blob"),
      within("request content", "formData of a multipart form"),
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
];
