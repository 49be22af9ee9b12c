import { at, both, type Difference, within } from "./difference.ts";

/** Differences of `serve` and the server's members. */
export const ofServer: readonly Difference[] = [
  {
    what: "an option of the wrong type, or a number out of range",
    row: {
      bun: "`TypeError`, `RangeError`, `Error`, or accepted",
      mantou: "`TypeError`, or `RangeError`, that names the option",
      why: "the server listens only with valid options",
    },
    covers: both(
      within("options", "refused:"),
      ({ path, ours, bun }) => path === "notes.0" && /throws (?:Type|Range)Error/.test(ours) && ours !== bun,
    ),
  },
  {
    what: "`tls: []`, and a certificate without a key",
    row: {
      bun: "speaks without TLS; accepted",
      mantou: "`TypeError`",
      why: "a server that should speak TLS never speaks plain text silently",
    },
    covers: at("tls", "an array of certificates, and an empty one", "notes.1", "notes.3"),
  },
  {
    what: "an option that does not exist",
    row: { bun: "ignored", mantou: "`TypeError`", why: "a misspelt option would have no effect, silently" },
    covers: within("options", "unknown options"),
  },
  {
    what: "`server.url` for `0.0.0.0` and `::`",
    row: { bun: "these addresses", mantou: "`localhost`", why: "a client can connect to this address" },
    covers: at("server", "url with other names", "notes.1", "notes.3"),
  },
  {
    what: "`pendingRequests` in `open`, `pendingWebSockets` in `close`",
    row: {
      bun: "counts the one that is being upgraded, or closed",
      mantou: "does not count it",
      why: "it is no longer pending",
    },
    covers: at("server", "pendingRequests and pendingWebSockets", "notes.2", "notes.3"),
  },
  {
    what: "a request that fails after `reload`",
    row: {
      bun: "calls the new `error`",
      mantou: "calls the `error` that belongs to its handler",
      why: "each request has one set of handlers",
    },
    covers: at("lifecycle", "reload takes another error", "wire.0.body"),
  },
  {
    what: "`reload` that names nothing",
    row: {
      bun: "accepted, and static routes are gone",
      mantou: "`TypeError`, and nothing changes",
      why: "a misspelt name would have no effect, silently",
    },
    covers: at("lifecycle", "reload without handlers throws, and changes nothing", "notes"),
  },
  {
    what: "errors of `server.timeout`",
    row: { bun: "`Error`", mantou: "`TypeError`, or `RangeError`", why: "as for options" },
    covers: both(
      at("server", "timeout takes seconds", "notes"),
      ({ ours, bun }) => ours.replace(/(?:Type|Range)Error/, "Error") === bun,
    ),
  },
  {
    what: "what `ref` and `unref` return",
    row: { bun: "the server", mantou: "nothing", why: "as documented" },
    covers: at("server", "ref and unref", "notes.0"),
  },
  {
    what: "`port` and `url` of a server that has stopped",
    row: { bun: "other values", mantou: "unchanged", why: "a log line at the end can name the server" },
    covers: at("server", "port, hostname and url of a server that has stopped", "notes.0"),
  },
];
