/** Test files that run in a project for one reason: names below `test/`, without `.test.ts`; `*` stands for any name. */
export interface Choice {
  readonly why: string;
  readonly files: readonly string[];
}

/** These run over `net.Socket`, too. The others open no connection, or test what is above the transport. */
export const BOTH_TRANSPORTS: readonly Choice[] = [
  {
    why: "each transport brings the async context of a connection its own way",
    files: ["trace/async-context"],
  },
  {
    why: "reading: when bytes arrive, how many of a body are read, and when reading pauses",
    files: [
      "http/connection",
      "http/large-body",
      "http/request-body",
      "socket/short-turns",
      "socket/turn-writes",
      "conformance/rejections",
      "conformance/black-box",
      "conformance/robustness",
      "conformance/unread-body",
    ],
  },
  {
    why: "writing: when a write is finished, how much waits for a client, and when the body's source is paused",
    files: [
      "http/outgoing",
      "http/send-file",
      "http/send-kept",
      "http/send-stream",
      "compress/streams",
      "response-faults",
      "conformance/backpressure",
    ],
  },
  {
    why: "ending: a connection is closed by us, by the peer, by a reset or by a timeout",
    files: [
      "http/large-response",
      "http/request-context",
      "conformance/timeouts",
      "server/server",
      "server/stop-within",
      "socket/bind",
      "socket/listener",
    ],
  },
  {
    why: "what comes before a connection is read",
    files: [
      "proxy/trust-proxy",
      "proxy/proxy-protocol",
      "conformance/black-box-proxy",
      "socket/connection-limits",
    ],
  },
  {
    why: "a WebSocket reads, writes and ends by code of its own",
    files: [
      "websocket/connection",
      "websocket/heartbeat",
      "websocket/queued-work",
      "websocket/sender",
      "websocket/serial",
      "websocket/socket",
      "websocket/upgrade",
      "conformance/black-box-websocket",
      "conformance/fan-out",
      "conformance/websocket-errors",
      "conformance/websocket-lifecycle",
      "conformance/websocket-pause",
    ],
  },
];

/** These run without our globals, too. The others make no Request or Response, or name the class that they test. */
export const BOTH_MODES: readonly Choice[] = [
  {
    why: "a handler gets a Request of the platform's class: its members, its signal, its body",
    files: [
      "fetch/request",
      "http/abort",
      "http/connection",
      "http/request-body",
      "http/request-context",
      "proxy/trust-proxy",
      "routing/response-cookies",
      "conformance/black-box",
      "conformance/robustness",
      "conformance/unread-body",
      "testing/same-as-wire",
      "testing/test-client",
    ],
  },
  {
    why: "a handler returns a Response of the platform's class, which other code reads",
    files: [
      "http/send-stream",
      "compress/bodies",
      "compress/entity-tags",
      "compress/streams",
      "compress/whole",
      "response-faults",
      "routing/dispatcher",
      "routing/routes",
      "routing/server-fetch",
      "conformance/files",
      "conformance/rejections",
    ],
  },
  {
    why: "an application passes requests and responses on to code that knows the platform's classes",
    files: ["proxy", "frameworks/*"],
  },
];

/** These run without our globals only. */
export const PLAIN_ONLY: readonly Choice[] = [
  {
    why: "advice for developers whose Response is the platform's",
    files: ["errors/platform-advice"],
  },
  {
    why: "the platform's classes are the measure, and with our globals their prototypes name ours as constructors",
    files: ["conformance/fetch-*"],
  },
];

/** These run without our globals over `net.Socket`, too. Otherwise the mode and the transport do not meet. */
export const PLAIN_ON_STREAM: readonly Choice[] = [
  {
    why: "a stream of the platform's class pauses and resumes with the transport",
    files: ["http/request-body", "http/send-stream", "conformance/unread-body"],
  },
  { why: "the black-box runner examines each mode over each transport", files: ["conformance/black-box"] },
];

/** These have a process each, since another file of the process could see what they do to it, or they what that did. */
export const ALONE: readonly Choice[] = [
  {
    why: "they load modules anew, and replace what modules take from the globals",
    files: ["fetch/globals", "fetch/globals-in-use"],
  },
  { why: "the first response of a process starts the clock of HTTP-dates", files: ["http/http-date"] },
  {
    why: "its examples import the built package, which finds the globals of `src/` replaced",
    files: ["readme"],
  },
];

/** `pnpm test:quick` leaves these out, and all that is alone or in another project than the first. */
export const SLOW: readonly Choice[] = [
  { why: "hundreds of TLS handshakes", files: ["tls-sites", "socket/tls-server"] },
  { why: "limits that only megabytes or many messages reach", files: ["http/send-file", "websocket/sender"] },
  { why: "every fault of a stream at every place", files: ["response-faults"] },
];

/** These run in every project whose files share a process. */
export const EVERYWHERE: readonly Choice[] = [
  { why: "it tests that the project has its mode and its transport", files: ["projects"] },
];
