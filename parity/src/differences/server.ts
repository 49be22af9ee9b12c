import { at, both, type Difference, within } from "./difference.ts";

/** Of `serve` and the server's members. */
export const ofServer: readonly Difference[] = [
  {
    what: "an option of the wrong type, or a number out of range",
    row: {
      bun: "`TypeError`, `RangeError`, `Error`, or taken",
      mantou: "`TypeError`, or `RangeError`, that names the option",
      why: "nothing listens before all is understood",
    },
    covers: both(
      within("options", "refused:"),
      ({ path, ours, bun }) => path === "notes.0" && /throws (?:Type|Range)Error/.test(ours) && ours !== bun,
    ),
  },
  {
    what: "`tls: []`, and a certificate without a key",
    row: {
      bun: "served without TLS; taken",
      mantou: "`TypeError`",
      why: "who asks for TLS does not get plain text without a word",
    },
    covers: at("tls", "an array of certificates, and an empty one", "notes.1", "notes.3"),
  },
  {
    what: "an option that does not exist",
    row: { bun: "ignored", mantou: "`TypeError`", why: "a misspelt option would be lost without a word" },
    covers: within("options", "options that nobody knows"),
  },
  {
    what: "`server.url` for `0.0.0.0` and `::`",
    row: { bun: "these addresses", mantou: "`localhost`", why: "an address that can be connected to" },
    covers: at("server", "url with other names", "notes.1", "notes.3"),
  },
  {
    what: "`pendingRequests` in `open`, `pendingWebSockets` in `close`",
    row: {
      bun: "with the one that is just upgraded, or closed",
      mantou: "without it",
      why: "it is one no more",
    },
    covers: at("server", "pendingRequests and pendingWebSockets", "notes.2", "notes.3"),
  },
  {
    what: "a request that fails after `reload`",
    row: {
      bun: "the new `error` is asked",
      mantou: "the one that its handler came with",
      why: "each request is dealt with by one set of handlers",
    },
    covers: at("lifecycle", "reload takes another error", "wire.0.body"),
  },
  {
    what: "`reload` that names nothing",
    row: {
      bun: "taken, and static routes are gone",
      mantou: "`TypeError`, and nothing changes",
      why: "a misspelt name would be lost without a word",
    },
    covers: at("lifecycle", "reload without handlers throws, and changes nothing", "notes"),
  },
  {
    what: "errors of `server.timeout`",
    row: { bun: "`Error`", mantou: "`TypeError`, or `RangeError`", why: "as of options" },
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
    row: { bun: "no longer those", mantou: "those that it had", why: "whoever logs the end can say whose" },
    covers: at("server", "port, hostname and url of a server that has stopped", "notes.0"),
  },
];
