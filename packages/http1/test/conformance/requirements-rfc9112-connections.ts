import type { Requirement } from "./requirement.ts";

export const connectionRequirements: readonly Requirement[] = [
  {
    section: "RFC 9112 §8",
    binds: "client",
    text: "record an incomplete response as incomplete",
    tests: ["§8 a client MUST record an incomplete response as such"],
  },
  {
    section: "RFC 9112 §8",
    binds: "cache",
    text: "complete no partial response without validation",
    tests: [],
    reason: "There is no cache here.",
  },
  {
    section: "RFC 9112 §9.2",
    binds: "client",
    text: "match responses to outstanding requests in their order",
    tests: ["§9.2 a client MUST match responses to its requests in order"],
  },
  {
    section: "RFC 9112 §9.2",
    binds: "client",
    text: "not take for a response what comes without a request",
    tests: ["§9.2 what comes without an outstanding request MUST NOT be considered a response"],
  },
  {
    section: "RFC 9112 §9.3",
    binds: "server",
    text: "read all content or close behind its response",
    tests: ["§9.3 a server MUST read the entire request body or close the connection after its response"],
  },
  {
    section: "RFC 9112 §9.3",
    binds: "client",
    text: "read all content of a response before the connection is used again",
    tests: ["§9.2 a client MUST match responses to its requests in order"],
  },
  {
    section: "RFC 9112 §9.3",
    binds: "proxy",
    text: "keep no persistent connection with an HTTP/1.0 client",
    tests: [],
    reason:
      "It binds proxies and gateways, which forward messages; that is for whoever builds one on this package.",
  },
  {
    section: "RFC 9112 §9.3.1",
    binds: "user agent, proxy",
    text: "retry no request automatically that is not idempotent",
    tests: [],
    reason: "Nothing is retried here; `unanswered` says how many requests are lost.",
  },
  {
    section: "RFC 9112 §9.3.2",
    binds: "server",
    text: "answer pipelined requests in their order",
    tests: ["§9.3.2 a server MUST send the responses to pipelined requests in the order of the requests"],
  },
  {
    section: "RFC 9112 §9.3.2",
    binds: "client",
    text: "not pipeline at once on a connection that replaces a failed one",
    tests: [],
    reason: "The application decides it; the connection sends what it is given.",
  },
  {
    section: "RFC 9112 §9.6",
    binds: "client",
    text: "send nothing behind a request with close, and close after its response",
    tests: ["§9.6 a client that sends close MUST NOT send further requests, and reads the last response"],
  },
  {
    section: "RFC 9112 §9.6",
    binds: "server",
    text: "close after the response to a request with close, and process nothing behind it",
    tests: [
      "§9.6 a server that receives close MUST close after its final response, and SHOULD say close in it",
    ],
  },
  {
    section: "RFC 9112 §9.6",
    binds: "server",
    text: "close after a response with close, and process nothing behind it",
    tests: ["§9.6 a server MUST NOT process any further requests behind a close that it sent"],
  },
  {
    section: "RFC 9112 §9.6",
    binds: "client",
    text: "send nothing once a response has said close, and close after it",
    tests: ["§9.3 a client MUST NOT send another request once either side has said close"],
  },
  {
    section: "RFC 9112 §9.7",
    binds: "client",
    text: "start TLS before the first request of an https URI",
    tests: [],
    reason: "It is the host's, which owns the transport.",
  },
  {
    section: "RFC 9112 §9.8",
    binds: "client, server",
    text: "exchange closure alerts, and take a TLS connection that breaks off for incomplete",
    tests: [],
    reason: "It is the host's, which owns the transport. `receiveEnd` says when not to be called.",
  },
  {
    section: "RFC 9112 §10.1",
    binds: "sender",
    text: "encode a message/http body as 7bit, 8bit or binary",
    tests: [],
    reason: "Media types are content, which is not looked at.",
  },
];
