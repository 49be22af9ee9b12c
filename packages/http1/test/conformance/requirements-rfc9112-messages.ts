import { APPLICATION, FORWARDING, type Requirement } from "./requirement.ts";

export const messageRequirements: readonly Requirement[] = [
  {
    section: "RFC 9112 §2.2",
    binds: "recipient",
    text: "parse a message as octets in a superset of US-ASCII",
    tests: ["§2.2 a recipient MUST parse a message as a sequence of octets in a superset of US-ASCII"],
  },
  {
    section: "RFC 9112 §2.2",
    binds: "sender",
    text: "generate no bare CR outside content",
    tests: [
      "§2.2 a sender MUST NOT generate a bare CR, nor whitespace before the first field",
      "§11.1 response splitting: no sent value can contain CR or LF where they would end a line",
    ],
  },
  {
    section: "RFC 9112 §2.2",
    binds: "recipient",
    text: "take a bare CR outside content for invalid, or replace it",
    tests: [
      "§2.2 a bare CR MUST be considered invalid within protocol elements other than content",
      "§2.2 a bare CR in a response MUST be considered invalid",
      "§5 a header section is refused for each invalid line, and for its size",
    ],
  },
  {
    section: "RFC 9112 §2.2",
    binds: "client",
    text: "put no extra CRLF before or behind a request",
    tests: ["§2.2 a client MUST NOT precede or follow a request with an extra CRLF"],
  },
  {
    section: "RFC 9112 §2.2",
    binds: "client",
    text: "count a line end behind the content as content, if there is to be one",
    tests: [],
    reason: "Content is the application's bytes, and all of them are counted.",
  },
  {
    section: "RFC 9112 §2.2",
    binds: "sender",
    text: "send no whitespace between start line and first field",
    tests: [
      "§2.2 a sender MUST NOT generate a bare CR, nor whitespace before the first field",
      "§11.1 response splitting: no sent value can contain CR or LF where they would end a line",
    ],
  },
  {
    section: "RFC 9112 §2.2",
    binds: "recipient",
    text: "refuse a message with whitespace there, or ignore such lines",
    tests: [
      "§2.2 whitespace between the start line and the first field: the message MUST be rejected or the line ignored",
      "§2.2 whitespace before the first field of a response: the message MUST be rejected or the line ignored",
      "§5 a header section is refused for each invalid line, and for its size",
    ],
  },
  {
    section: "RFC 9112 §2.3",
    binds: "intermediary",
    text: "send its own version, not the one it received",
    tests: [
      "a server responds in its own version, whatever the client's (§6.2)",
      "§6.2 a client MUST NOT send a version to which it does not conform",
    ],
  },
  {
    section: "RFC 9112 §3",
    binds: "server",
    text: "refuse a target that is too long to be parsed with 414",
    tests: [
      "§3 a request line longer than the server can parse MUST be refused with 414",
      "§3 a request line is refused for each part that it lacks or has wrong",
    ],
  },
  {
    section: "RFC 9112 §3.2",
    binds: "client",
    text: "have no whitespace in the target",
    tests: ["§3.2 no whitespace is in the target that is sent"],
  },
  {
    section: "RFC 9112 §3.2",
    binds: "client",
    text: "send Host in each request, the same as the target's authority, empty if there is none",
    tests: ["§3.2 a client MUST send Host in every request, once, and equal to the target's authority"],
  },
  {
    section: "RFC 9112 §3.2",
    binds: "server",
    text: "refuse a 1.1 request without Host with 400",
    tests: [
      "§3.2 a 1.1 request without Host MUST be refused with 400",
      "§3.2 and §6.3 a host or a framing that is doubtful is refused, each for its reason",
    ],
  },
  {
    section: "RFC 9112 §3.2",
    binds: "server",
    text: "refuse more than one Host with 400",
    tests: [
      "§3.2 any request with more than one Host field line MUST be refused with 400",
      "§3.2 and §6.3 a host or a framing that is doubtful is refused, each for its reason",
    ],
  },
  {
    section: "RFC 9112 §3.2",
    binds: "server",
    text: "refuse an invalid Host with 400",
    tests: [
      "§3.2 any request with an invalid Host value MUST be refused with 400",
      "§3.2 and §6.3 a host or a framing that is doubtful is refused, each for its reason",
    ],
  },
  {
    section: "RFC 9112 §3.2.1",
    binds: "client",
    text: "send path and query to an origin server, and a slash for an empty path",
    tests: [],
    reason: `${APPLICATION} A target without a slash is refused, see §3.2.`,
  },
  {
    section: "RFC 9112 §3.2.2",
    binds: "client",
    text: "send absolute-form to a proxy, with Host",
    tests: [],
    reason: `${APPLICATION} Host is required and compared, see §3.2.`,
  },
  {
    section: "RFC 9112 §3.2.2",
    binds: "server",
    text: "accept absolute-form",
    tests: ["§3.2.2 a server MUST accept the absolute-form in requests"],
  },
  {
    section: "RFC 9112 §3.2.2",
    binds: "server",
    text: "use the authority of an absolute-form target, and ignore Host",
    tests: [
      "§3.2.2 an origin server MUST ignore Host if the target is in absolute-form, whatever the field's value",
    ],
  },
  {
    section: "RFC 9112 §3.2.2",
    binds: "proxy",
    text: "replace Host by the target's authority",
    tests: [],
    reason: FORWARDING,
  },
  {
    section: "RFC 9112 §3.2.3",
    binds: "client",
    text: "send host and port alone as the target of CONNECT",
    tests: ["§3.2.3 a client MUST send only host and port as the target of CONNECT"],
  },
  {
    section: "RFC 9112 §3.2.4",
    binds: "client",
    text: "send an asterisk alone for a server-wide OPTIONS",
    tests: ["§3.2.4 a client MUST send only an asterisk for a server-wide OPTIONS"],
  },
  {
    section: "RFC 9112 §3.2.4",
    binds: "proxy",
    text: "turn an OPTIONS without path and query into asterisk-form",
    tests: [],
    reason: FORWARDING,
  },
  {
    section: "RFC 9112 §4",
    binds: "server",
    text: "send the space behind the status without a reason too",
    tests: [
      "§4 a server MUST send the space that separates the status code from the reason phrase even if that is absent",
    ],
  },
  {
    section: "RFC 9112 §5.1",
    binds: "server",
    text: "refuse whitespace before a colon with 400",
    tests: [
      "§5.1 whitespace between field name and colon MUST be refused with 400",
      "§5 a header section is refused for each invalid line, and for its size",
    ],
  },
  {
    section: "RFC 9112 §5.1",
    binds: "proxy",
    text: "remove such whitespace from responses",
    tests: [],
    reason: FORWARDING,
  },
  {
    section: "RFC 9112 §5.2",
    binds: "sender",
    text: "generate no folded line",
    tests: [
      "§5.2 obs-fold in a response is refused, where a user agent MUST replace it; it cannot be sent",
      "§11.1 response splitting: no sent value can contain CR or LF where they would end a line",
    ],
  },
  {
    section: "RFC 9112 §5.2",
    binds: "server",
    text: "refuse a folded line with 400, or replace the fold",
    tests: [
      "§5.2 obs-fold MUST be rejected or replaced: we reject it, with 400",
      "§5 a header section is refused for each invalid line, and for its size",
    ],
  },
  {
    section: "RFC 9112 §5.2",
    binds: "proxy",
    text: "refuse or replace folds in responses",
    tests: [],
    reason: FORWARDING,
  },
  {
    section: "RFC 9112 §5.2",
    binds: "user agent",
    text: "replace the fold in a response by spaces: **not done**, it is refused, as a gateway may",
    tests: ["§5.2 obs-fold in a response is refused, where a user agent MUST replace it; it cannot be sent"],
  },
];
