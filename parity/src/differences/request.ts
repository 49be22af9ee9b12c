import { at, type Difference, either, within } from "./difference.ts";

/** Differences of routes and requests. */
export const ofRequests: readonly Difference[] = [
  {
    what: "`params` of a wildcard route",
    row: {
      bun: "without the match of `*`",
      mantou: 'with it, as `params["*"]`',
      why: "the router has it anyway",
    },
    covers: at(
      "routing",
      "a wildcard gives no parameters of its own",
      "wire.0.headers.content-length",
      "wire.0.body",
    ),
  },
  {
    what: "a route that is `undefined`, or has no function or `Response` for a method",
    row: { bun: "left out", mantou: "`TypeError`", why: "the mistake shows at the start" },
    covers: at("routing", "invalid routes are refused", "notes"),
  },
  {
    what: "a pattern that matches nothing, or something else than it seems to (`/a*`, `/*/a`, `/:`)",
    row: { bun: "accepted", mantou: "`TypeError`", why: "the README of `@mantou/router` has each case" },
    covers: at("routing", "invalid patterns are refused", "notes"),
  },
  {
    what: "`request.url` without a Host",
    row: {
      bun: "the path only, which is not a URL",
      mantou: "with the server's own address",
      why: "RFC 9112 §3.3; `new URL(request.url)` works",
    },
    covers: either(within("request", "url without Host"), within("request", "url of an empty Host")),
  },
  {
    what: "`request.url`, and Host in `request.headers`, of a target in absolute-form",
    row: {
      bun: "as the field Host says",
      mantou: "as the target says",
      why: "RFC 9112 §3.2.2: the field MUST be ignored",
    },
    covers: within("request", "url of a target in absolute-form"),
  },
  {
    what: "a method in lower case, or any other unregistered method",
    row: {
      bun: "the connection is closed without a response",
      mantou: "handled",
      why: "RFC 9110 §9.1: any token is a method. `request.method` has `get`, `post`, `put`, `head`, `delete` and `options` in upper case (Fetch standard)",
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
      within("request body", "arrayBuffer, bytes and blob"),
      within("request body", "formData of a multipart form"),
    ),
  },
  {
    what: "`credentials`, `keepalive` and `referrer` of a request",
    row: {
      bun: "`include`, none, empty",
      mantou: "`same-origin`, false, `about:client`",
      why: "`new Request(url)` has these values",
    },
    covers: within("request", "attributes of the Fetch standard"),
  },
  {
    what: "`params` of a request to `fetch`",
    row: { bun: "undefined", mantou: "an empty object", why: "there is one kind of request" },
    covers: within("request", "params of a request to fetch"),
  },
  {
    what: "`requestIP` after the response",
    row: {
      bun: "null",
      mantou: "the address, as long as the connection is open",
      why: "a log line after the response can name the client",
    },
    covers: at("request", "requestIP of a finished request, and of one that was not received", "notes.1"),
  },
];
