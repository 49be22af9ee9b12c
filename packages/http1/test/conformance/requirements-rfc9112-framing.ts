import { FORWARDING, type Requirement } from "./requirement.ts";

export const framingRequirements: readonly Requirement[] = [
  {
    section: "RFC 9112 §6.1",
    binds: "recipient",
    text: "be able to decode chunked",
    tests: [
      "§7.1 a recipient MUST be able to parse and decode the chunked transfer coding",
      "§7.1 the chunked response MUST be parsed, large sizes anticipated, extensions ignored (§7.1.1)",
      "§7.1 a chunked body is refused for each place where something else stands, and for its size",
    ],
  },
  {
    section: "RFC 9112 §6.1",
    binds: "sender",
    text: "apply chunked once, and last",
    tests: [
      "§6.1 a sender MUST NOT apply chunked more than once",
      "§6.1 a sender MUST NOT choose Transfer-Encoding by hand, nor beside Content-Length (§6.2)",
    ],
  },
  {
    section: "RFC 9112 §6.1",
    binds: "server",
    text: "send no Transfer-Encoding in 1xx, 204, nor to HTTP/1.0",
    tests: ["§6.1 a server MUST NOT send Transfer-Encoding in 1xx and 204, nor to an HTTP/1.0 client"],
  },
  {
    section: "RFC 9112 §6.1",
    binds: "server",
    text: "send no Transfer-Encoding in a 2xx to CONNECT",
    tests: ["§9.3.6 a server MUST NOT send Transfer-Encoding or Content-Length in a 2xx to CONNECT"],
  },
  {
    section: "RFC 9112 §6.1",
    binds: "client",
    text: "send Transfer-Encoding only to a server that is known to handle 1.1: known to be 1.0 is refused, else the application decides",
    tests: ["§6.1 a client MUST NOT send chunked unless it knows that the server handles HTTP/1.1"],
  },
  {
    section: "RFC 9112 §6.1",
    binds: "server",
    text: "close behind a request with both Transfer-Encoding and Content-Length",
    tests: [
      "§6.3 (3) Transfer-Encoding with Content-Length ought to be handled as an error: 400",
      "§2.2 bytes that are not an HTTP message SHOULD be refused with 400 and the connection closed",
    ],
  },
  {
    section: "RFC 9112 §6.1",
    binds: "server, client",
    text: "treat Transfer-Encoding in HTTP/1.0 as faulty framing, and close",
    tests: [
      "§6.1 Transfer-Encoding in an HTTP/1.0 message MUST be treated as faulty framing",
      "§6.1 Transfer-Encoding in an HTTP/1.0 response MUST be treated as faulty framing",
    ],
  },
  {
    section: "RFC 9112 §6.2",
    binds: "sender",
    text: "send no Content-Length beside Transfer-Encoding",
    tests: [
      "§6.2 a sender MUST NOT send Content-Length in a message with Transfer-Encoding",
      "§6.1 a sender MUST NOT choose Transfer-Encoding by hand, nor beside Content-Length (§6.2)",
    ],
  },
  {
    section: "RFC 9112 §6.3",
    binds: "recipient",
    text: "end responses to HEAD, 1xx, 204 and 304 with their head",
    tests: [
      "§6.3 (1) responses to HEAD, 1xx, 204 and 304 end with their head",
      "§6.3 (1) responses to HEAD, 1xx, 204 and 304 end with their head, for the client too",
    ],
  },
  {
    section: "RFC 9112 §6.3",
    binds: "client",
    text: "ignore framing fields in a 2xx to CONNECT",
    tests: ["§6.3 (2) a client MUST ignore framing fields in a 2xx to CONNECT"],
  },
  {
    section: "RFC 9112 §6.3",
    binds: "intermediary",
    text: "remove Content-Length beside Transfer-Encoding before it forwards",
    tests: [],
    reason: `${FORWARDING} Such messages are refused.`,
  },
  {
    section: "RFC 9112 §6.3",
    binds: "server",
    text: "refuse a request whose last coding is not chunked with 400 and close",
    tests: [
      "§6.3 (4) a request in which chunked is not the final coding MUST be refused with 400",
      "§3.2 and §6.3 a host or a framing that is doubtful is refused, each for its reason",
    ],
  },
  {
    section: "RFC 9112 §6.3",
    binds: "client",
    text: "read a response whose last coding is not chunked up to the close",
    tests: [
      "§6.3 (4) a response in which chunked is not the final coding is read until the connection closes",
    ],
  },
  {
    section: "RFC 9112 §6.3",
    binds: "server",
    text: "refuse an invalid Content-Length with 400 and close",
    tests: [
      "§6.3 (5) an invalid Content-Length MUST be refused with 400",
      "§3.2 and §6.3 a host or a framing that is doubtful is refused, each for its reason",
    ],
  },
  {
    section: "RFC 9112 §6.3",
    binds: "proxy",
    text: "refuse an invalid Content-Length of a response with 502",
    tests: [],
    reason: FORWARDING,
  },
  {
    section: "RFC 9112 §6.3",
    binds: "user agent",
    text: "close and discard a response with an invalid Content-Length",
    tests: [
      "§6.3 (5) a user agent MUST close the connection and discard a response with an invalid Content-Length",
      "§6.3 a framing that is doubtful is refused in a response, too",
    ],
  },
  {
    section: "RFC 9112 §6.3",
    binds: "recipient",
    text: "take a message that ends early for incomplete, and close",
    tests: [
      "§6.3 (6) a connection that closes before the content is complete: the message MUST be considered incomplete",
      "§8 a client MUST record an incomplete response as such",
      "§8 a request that the end of the connection cuts is incomplete, in its head and in its content",
      "§8 a response that the end of the connection cuts is incomplete, in its head and in its content",
    ],
  },
  {
    section: "RFC 9112 §6.3",
    binds: "client",
    text: "send the length of content, or chunked",
    tests: [
      "§6.1 a sender MUST NOT choose Transfer-Encoding by hand, nor beside Content-Length (§6.2)",
      "§2.2 a client MUST NOT precede or follow a request with an extra CRLF",
    ],
  },
  {
    section: "RFC 9112 §6.3",
    binds: "client",
    text: "take nothing behind the last response for another one",
    tests: [
      "§9.2 bytes without an outstanding request MUST NOT be considered a response",
      "§6.3 bytes behind the last response MUST NOT be processed as another one",
    ],
  },
  {
    section: "RFC 9112 §7.1",
    binds: "recipient",
    text: "anticipate large chunk sizes",
    tests: [
      "§7.1 a recipient MUST anticipate large hexadecimal numerals and prevent overflow",
      "§7.1 the chunked response MUST be parsed, large sizes anticipated, extensions ignored (§7.1.1)",
    ],
  },
  {
    section: "RFC 9112 §7.1.1",
    binds: "recipient",
    text: "ignore chunk extensions that it does not know",
    tests: [
      "§7.1.1 a recipient MUST ignore unrecognized chunk extensions",
      "§7.1 the chunked response MUST be parsed, large sizes anticipated, extensions ignored (§7.1.1)",
    ],
  },
  {
    section: "RFC 9112 §7.1.2",
    binds: "recipient",
    text: "merge no trailer into the header unless its definition allows it",
    tests: [
      "§7.1.2 trailer fields are kept apart from the header section",
      "§7.1.2 a trailer section is refused for a line that is no field, one that is forbidden, and its size",
    ],
  },
  {
    section: "RFC 9112 §7.3",
    binds: "registrant",
    text: "register transfer codings with name, description and specification, apart from content codings",
    tests: [],
    reason: "Nothing is registered here.",
  },
  {
    section: "RFC 9112 §7.4",
    binds: "client",
    text: "not name chunked in TE",
    tests: ["§7.4 a client MUST NOT name chunked in TE, and MUST send TE as a connection option"],
  },
  {
    section: "RFC 9112 §7.4",
    binds: "sender",
    text: "name TE in Connection when TE is sent",
    tests: ["§7.4 a client MUST NOT name chunked in TE, and MUST send TE as a connection option"],
  },
];
