import { APPLICATION, type Requirement } from "./requirement.ts";

export const recommendations: readonly Requirement[] = [
  {
    section: "RFC 9112 §2.2",
    binds: "server",
    text: "ignore at least one empty line before a request line",
    tests: ["§2.2 a server SHOULD ignore at least one empty line received prior to the request line"],
  },
  {
    section: "RFC 9112 §2.2",
    binds: "server",
    text: "refuse bytes that are not an HTTP message with 400, and close",
    tests: [
      "§2.2 bytes that are not an HTTP message SHOULD be refused with 400 and the connection closed",
      "§3 a request line is refused for each part that it lacks or has wrong",
    ],
  },
  {
    section: "RFC 9112 §3",
    binds: "server",
    text: "refuse a method longer than any that it has with 501",
    tests: [],
    reason: `${APPLICATION} A line that is longer than the limit gets 414.`,
  },
  {
    section: "RFC 9112 §3",
    binds: "sender, recipient",
    text: "support request lines of 8000 octets",
    tests: ["§3 it is RECOMMENDED to support request lines of at least 8000 octets"],
  },
  {
    section: "RFC 9112 §3.2",
    binds: "server",
    text: "refuse an invalid request line with 400, and correct nothing",
    tests: [
      "§3.2 no whitespace is allowed in the request target; an invalid request line SHOULD be refused with 400",
      "§3 a request line is refused for each part that it lacks or has wrong",
    ],
  },
  {
    section: "RFC 9112 §4",
    binds: "client",
    text: "ignore the reason phrase",
    tests: ["§4 the reason phrase means nothing, and may be empty"],
  },
  {
    section: "RFC 9112 §6.1",
    binds: "server",
    text: "refuse a transfer coding that it does not know with 501",
    tests: ["§6.1 a coding that is not understood SHOULD be refused with 501"],
  },
  {
    section: "RFC 9112 §6.3",
    binds: "server",
    text: "delimit its responses by length or coding",
    tests: ["§6.3 a server SHOULD delimit its responses by length or chunked whenever possible"],
  },
  {
    section: "RFC 9112 §6.3",
    binds: "client",
    text: "send Content-Length rather than chunked, if the length is known",
    tests: ["§6.3 a client SHOULD send Content-Length rather than chunked if it knows the length"],
  },
  {
    section: "RFC 9112 §7.1",
    binds: "recipient",
    text: "treat parameters of chunked as an error",
    tests: ["§7.1 parameters of chunked SHOULD be treated as an error"],
  },
  {
    section: "RFC 9112 §9.2",
    binds: "client",
    text: "close if data comes without a request",
    tests: ["§9.2 bytes without an outstanding request MUST NOT be considered a response"],
  },
  {
    section: "RFC 9112 §9.3",
    binds: "server, client",
    text: "support persistent connections",
    tests: ["§9.3 HTTP/1.1 persists by default, HTTP/1.0 only with keep-alive, and neither with close"],
  },
  {
    section: "RFC 9112 §9.3.2",
    binds: "client",
    text: "pipeline behind no method that is not idempotent, and retry what was lost",
    tests: [],
    reason: `${APPLICATION} \`unanswered\` is the number of lost requests.`,
  },
  {
    section: "RFC 9112 §9.5",
    binds: "client",
    text: "cease sending content that the server does not want, and close",
    tests: ["§9.5 a client whose content is not wanted SHOULD cease sending it and close"],
  },
  {
    section: "RFC 9112 §9.6",
    binds: "server",
    text: "send close in the response to a request with close",
    tests: [
      "§9.6 a server that receives close MUST close after its final response, and SHOULD send close in it",
    ],
  },
  {
    section: "RFC 9112 §9.6",
    binds: "sender",
    text: "send close when it intends to close",
    tests: [
      "§9.3 a server that does not support persistent connections MUST send close in every final response",
      "§9.3 a client that does not support persistent connections MUST send close in every request",
    ],
  },
  {
    section: "RFC 9112 §9.8",
    binds: "client",
    text: "take responses for complete that have their length or last chunk, though TLS was broken off",
    tests: [
      "§9.8 a response with its length or its last chunk SHOULD be treated as completed, whatever becomes of the connection",
    ],
  },
  {
    section: "RFC 9110 §2.3",
    binds: "recipient",
    text: "parse defensively",
    tests: ["§11.2 request smuggling: nothing behind a request of doubtful length is interpreted"],
  },
  {
    section: "RFC 9110 §4.2.4",
    binds: "recipient",
    text: "treat userinfo as an error",
    tests: ["§4.2.4 userinfo SHOULD be treated as an error"],
  },
  {
    section: "RFC 9110 §5.1",
    binds: "recipient",
    text: "ignore fields that it does not know",
    tests: ["§5.1 fields that are not known SHOULD be ignored: they are passed on as they are"],
  },
  {
    section: "RFC 9110 §5.5",
    binds: "recipient",
    text: "treat obs-text as opaque",
    tests: ["§2.2 a recipient MUST parse a message as a sequence of octets in a superset of US-ASCII"],
  },
  {
    section: "RFC 9110 §6.2",
    binds: "recipient",
    text: "process a higher minor version like the highest known",
    tests: ["a higher minor version is processed as the highest that is known"],
  },
  {
    section: "RFC 9110 §6.2",
    binds: "server",
    text: "respond in its highest version of the client's major version",
    tests: ["a server responds in its own version, whatever the client's (§6.2)"],
  },
  {
    section: "RFC 9110 §6.6.2",
    binds: "sender",
    text: "announce trailers in Trailer",
    tests: [],
    reason: APPLICATION,
  },
  {
    section: "RFC 9110 §7.5",
    binds: "client",
    text: "go on sending a request when its response has begun",
    tests: ["§7.5 a client that gets a response SHOULD continue to send its request"],
  },
  {
    section: "RFC 9110 §7.8",
    binds: "recipient",
    text: "compare protocol names without case",
    tests: ["§7.8 protocol names SHOULD be compared without case"],
  },
  {
    section: "RFC 9110 §8.6",
    binds: "user agent",
    text: "send Content-Length if the method expects content, even 0, and not else",
    tests: ["§2.2 a client MUST NOT precede or follow a request with an extra CRLF"],
  },
  {
    section: "RFC 9110 §8.6",
    binds: "server",
    text: "send Content-Length when the size is known",
    tests: ["§6.3 a server SHOULD delimit its responses by length or chunked whenever possible"],
  },
  {
    section: "RFC 9110 §9.3.2",
    binds: "server",
    text: "send the same fields to HEAD as to GET",
    tests: ["in a response to HEAD it MUST be that of the response to GET"],
  },
  {
    section: "RFC 9110 §10.1.1",
    binds: "server",
    text: "tell whether it closes, when it responds before it has read the content",
    tests: ["a server that responds without reading SHOULD tell whether it closes the connection"],
  },
  {
    section: "RFC 9110 §10.1.1",
    binds: "client",
    text: "not wait for 100 without a bound",
    tests: [
      "§10.1.1 a client that waits for 100 need not wait without a bound, and a final response ends the wait",
    ],
  },
];
