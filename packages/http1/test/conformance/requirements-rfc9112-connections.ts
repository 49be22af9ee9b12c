import { APPLICATION, FORWARDING, HOST, type Requirement } from "./requirement.ts";

export const connectionRequirements: readonly Requirement[] = [
  {
    section: "RFC 9112 §8",
    binds: "client",
    text: "record an incomplete response as incomplete",
    tests: [
      "§8 a client MUST record an incomplete response as such",
      "§8 a response that the end of the connection cuts is incomplete, in its head and in its content",
    ],
  },
  {
    section: "RFC 9112 §9.2",
    binds: "client",
    text: "match responses to outstanding requests in their order",
    tests: [
      "§9.2 a client MUST match responses to its requests in order",
      "§9.2 bytes without a request are no response, whenever they came, nor are endless interim ones",
    ],
  },
  {
    section: "RFC 9112 §9.2",
    binds: "client",
    text: "take no bytes without a request for a response",
    tests: ["§9.2 bytes without an outstanding request MUST NOT be considered a response"],
  },
  {
    section: "RFC 9112 §9.3",
    binds: "client",
    text: "send close in each request, if it supports no persistence",
    tests: ["§9.3 a client that does not support persistent connections MUST send close in every request"],
  },
  {
    section: "RFC 9112 §9.3",
    binds: "server",
    text: "send close in each final response, if it supports no persistence",
    tests: [
      "§9.3 a server that does not support persistent connections MUST send close in every final response",
    ],
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
    reason: FORWARDING,
  },
  {
    section: "RFC 9112 §9.3.2",
    binds: "server",
    text: "respond to pipelined requests in their order",
    tests: ["§9.3.2 a server MUST send the responses to pipelined requests in the order of the requests"],
  },
  {
    section: "RFC 9112 §9.3.2",
    binds: "client",
    text: "not pipeline at once on a connection that replaces a failed one",
    tests: [],
    reason: APPLICATION,
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
      "§9.6 a server that receives close MUST close after its final response, and SHOULD send close in it",
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
    text: "send nothing after a response with close, and close after it",
    tests: ["§9.3 a client MUST NOT send another request once either side has sent close"],
  },
  {
    section: "RFC 9112 §9.7",
    binds: "client",
    text: "send all data of https as TLS application data",
    tests: [],
    reason: HOST,
  },
  {
    section: "RFC 9112 §9.8",
    binds: "client, server",
    text: "exchange closure alerts, and take a TLS connection that breaks off for incomplete",
    tests: [],
    reason: `${HOST} The documentation of \`receiveEnd\` names the cases.`,
  },
  {
    section: "RFC 9112 §10.1",
    binds: "recipient",
    text: "unfold lines in content of the type message/http",
    tests: [],
    reason: "Content is not looked at.",
  },
];
