import type { Requirement } from "./requirement.ts";

export const openingRequirements: readonly Requirement[] = [
  {
    section: "RFC 6455 §3",
    binds: "client",
    text: "use no fragment in a ws or wss URI, and write # as %23 elsewhere",
    tests: [],
    reason:
      "Done where the connection is opened: by `@mantou/websocket/client`, or by the program that uses only these functions.",
  },
  {
    section: "RFC 6455 §4.1",
    binds: "client",
    text: "open a connection, send the handshake, read the response",
    tests: [],
    reason:
      "Done where the connection is opened: by `@mantou/websocket/client`, or by the program that uses only these functions.",
  },
  {
    section: "RFC 6455 §4.1",
    binds: "client",
    text: "fail for an invalid URI",
    tests: [],
    reason:
      "Done where the connection is opened: by `@mantou/websocket/client`, or by the program that uses only these functions.",
  },
  {
    section: "RFC 6455 §4.1 (2)",
    binds: "client",
    text: "have one connection to a host in the state CONNECTING at a time, and wait for it",
    tests: [],
    reason:
      "Not done: it keeps a web page's scripts from flooding a host, and a program that opens connections here decides that itself.",
  },
  {
    section: "RFC 6455 §4.1 (3)",
    binds: "client",
    text: "make the URI for a proxy's configuration script of the same parts",
    tests: [],
    reason: "No proxy is configured by script here.",
  },
  {
    section: "RFC 6455 §4.1 (4)",
    binds: "client",
    text: "fail if the connection cannot be opened",
    tests: [],
    reason:
      "Done where the connection is opened: by `@mantou/websocket/client`, or by the program that uses only these functions.",
  },
  {
    section: "RFC 6455 §4.1 (5)",
    binds: "client",
    text: "make the TLS handshake first for wss, name the server in it (SNI), fail if it fails, and send all through it",
    tests: [],
    reason:
      "Done where the connection is opened: by `@mantou/websocket/client`, or by the program that uses only these functions.",
  },
  {
    section: "RFC 6455 §4.1",
    binds: "client",
    text: "send an opening handshake that is a valid request: GET, HTTP/1.1 or higher, the resource's name, Host",
    tests: [],
    reason: "The request line and Host are the HTTP client's; the fields below are ours.",
  },
  {
    section: "RFC 6455 §4.1 (5), (6)",
    binds: "client",
    text: "have Upgrade with websocket and Connection with Upgrade",
    tests: ["§4.1 the request MUST have Upgrade with websocket, and Connection with Upgrade"],
  },
  {
    section: "RFC 6455 §4.1 (7)",
    binds: "client",
    text: "have a Sec-WebSocket-Key of 16 random bytes in base64, another for each connection",
    tests: ["§4.1 the key MUST be 16 bytes in base64, selected randomly for each connection"],
  },
  {
    section: "RFC 6455 §4.1 (8)",
    binds: "browser",
    text: "have Origin",
    tests: [],
    reason: "It binds browsers; an application may add the field.",
  },
  {
    section: "RFC 6455 §4.1 (9)",
    binds: "client",
    text: "have Sec-WebSocket-Version: 13",
    tests: ["§4.1 the version MUST be 13"],
  },
  {
    section: "RFC 6455 §4.1 (10)",
    binds: "client",
    text: "name as subprotocols only tokens, none empty, none twice",
    tests: ["§4.1 subprotocols MUST be different tokens that are not empty"],
  },
  {
    section: "RFC 6455 §4.1",
    binds: "client",
    text: "send nothing until the response has come",
    tests: [],
    reason:
      "Done where the connection is opened: by `@mantou/websocket/client`, or by the program that uses only these functions.",
  },
  {
    section: "RFC 6455 §4.1",
    binds: "client",
    text: "validate the response: fail without Upgrade, or with another value than websocket",
    tests: ["§4.1 a response without Upgrade: websocket MUST fail the connection"],
  },
  {
    section: "RFC 6455 §4.1",
    binds: "client",
    text: "fail without a Connection that has the token Upgrade",
    tests: ["§4.1 a response whose Connection lacks upgrade MUST fail the connection"],
  },
  {
    section: "RFC 6455 §4.1",
    binds: "client",
    text: "fail without the Sec-WebSocket-Accept for the key",
    tests: ["§4.1 a response without the right Sec-WebSocket-Accept MUST fail the connection"],
  },
  {
    section: "RFC 6455 §4.1",
    binds: "client",
    text: "fail for an extension that it has not offered",
    tests: ["§4.1 a response with an extension that was not offered MUST fail the connection"],
  },
  {
    section: "RFC 6455 §4.1",
    binds: "client",
    text: "fail for a subprotocol that it has not offered",
    tests: ["§4.1 a response with a subprotocol that was not offered MUST fail the connection"],
  },
  {
    section: "RFC 6455 §4.1",
    binds: "client",
    text: "fail for any other response that does not conform",
    tests: ["§4.1 a response that is not a server's handshake MUST fail the connection"],
  },
  {
    section: "RFC 6455 §4.2.1",
    binds: "server",
    text: "refuse a handshake that does not match the description, or breaks the grammar, with an HTTP error",
    tests: [
      "§4.2.1 (1) anything but a GET of HTTP/1.1 MUST be refused with an error",
      "§4.2.1 (2) a request without Host MUST be refused with an error",
      "§4.2.1 (3) a request without Upgrade: websocket MUST be refused with an error",
      "§4.2.1 (4) a request whose Connection lacks upgrade MUST be refused with an error",
      "§4.2.1 (5) a key that is not 16 bytes in base64 MUST be refused with an error",
      "§4.2.1 (6) a version other than 13 MUST be refused with an error",
      "§4.2.1 (8) subprotocols that break the grammar MUST be refused with an error",
    ],
  },
  {
    section: "RFC 6455 §4.2.2 (1)",
    binds: "server",
    text: "send all, the handshake too, through TLS where the port is HTTPS",
    tests: [],
    reason:
      "Done where the socket is: by `@mantou/websocket/client` or `@mantou/serve`, or by the program that has another socket.",
  },
  {
    section: "RFC 6455 §4.2.2 (4)",
    binds: "server",
    text: "respond with an HTTP error if the origin is not welcome, or the service does not exist",
    tests: [],
    reason: "The application decides it, before it accepts.",
  },
  {
    section: "RFC 6455 §4.2.2 (4), §4.4",
    binds: "server",
    text: "refuse a version that it does not understand, and name in Sec-WebSocket-Version the one that it does",
    tests: ["§4.2.2, §4.4 another version MUST be refused, and the one that is understood be named"],
  },
  {
    section: "RFC 6455 §4.2.2 (4)",
    binds: "server",
    text: "choose a subprotocol from those that the client offers",
    tests: ["§4.2.2 the subprotocol chosen MUST be one of the client's"],
  },
  {
    section: "RFC 6455 §4.2.2 (4)",
    binds: "server",
    text: "send no Sec-WebSocket-Protocol if it agrees to none",
    tests: ["§4.2.2 without an agreement Sec-WebSocket-Protocol MUST NOT be sent"],
  },
  {
    section: "RFC 6455 §4.2.2 (4), §9",
    binds: "server",
    text: "choose extensions from those that the client offers, and list no other",
    tests: ["§4.2.2, §9 an extension that the client has not offered MUST NOT be accepted"],
  },
  {
    section: "RFC 6455 §4.2.2 (5)",
    binds: "server",
    text: "accept by a valid 101 with Upgrade, Connection and Sec-WebSocket-Accept",
    tests: [
      "§4.2.2 the response MUST have Upgrade, Connection, and the Sec-WebSocket-Accept made of the key",
    ],
  },
  {
    section: "RFC 6455 §4.3, §9.1",
    binds: "client, server",
    text: "have a token in a parameter's quoted-string",
    tests: ["§9.1 a quoted parameter's value MUST be a token"],
  },
  {
    section: "RFC 6455 §9",
    binds: "client, server",
    text: "choose an extension's parameters by its specification",
    tests: [],
    reason: "See the suites of RFC 7692, for the only extension that there is.",
  },
  {
    section: "RFC 6455 §9.1",
    binds: "client, server",
    text: "fail for a Sec-WebSocket-Extensions that breaks the grammar",
    tests: [
      "§9.1 a client MUST fail the connection for malformed extensions",
      "§9.1 a server MUST fail the connection for malformed extensions",
    ],
  },
  {
    section: "RFC 6455 §9.1",
    binds: "client, server",
    text: "use only registered extensions with their parameters",
    tests: [],
    reason: "permessage-deflate is registered. Others are the application's.",
  },
  {
    section: "RFC 6455 §9.1, §5.8",
    binds: "client, server",
    text: "use an extension only if the server has agreed in the handshake",
    tests: ["§5.8, §9.1 an extension MUST NOT be used unless it was negotiated"],
  },
  {
    section: "RFC 6455 §11.3.1, §11.3.5",
    binds: "client",
    text: "send Sec-WebSocket-Key and Sec-WebSocket-Version once",
    tests: ["§11.3 a request MUST NOT have Sec-WebSocket-Key or Sec-WebSocket-Version twice"],
  },
  {
    section: "RFC 6455 §11.3.2, §11.3.3, §11.3.4",
    binds: "server",
    text: "send Sec-WebSocket-Accept, -Protocol and -Extensions once",
    tests: ["§11.3 a response MUST NOT have Sec-WebSocket-Accept or Sec-WebSocket-Protocol twice"],
  },
];
