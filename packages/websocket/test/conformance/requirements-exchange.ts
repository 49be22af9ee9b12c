import type { Requirement } from "./requirement.ts";

export const exchangeRequirements: readonly Requirement[] = [
  {
    section: "RFC 6455 §6.1 (1)",
    binds: "endpoint",
    text: "send a message only if the state is OPEN, and stop when it changes",
    tests: ["§6.1 a message MUST NOT be sent unless the state is OPEN"],
  },
  {
    section: "RFC 6455 §6.1 (2), (3), (4)",
    binds: "endpoint",
    text: "put it into frames, the first with the opcode of its type, the last with FIN",
    tests: ["§6.1 a message MUST be framed with its type's opcode, and FIN at its end"],
  },
  {
    section: "RFC 6455 §6.1 (7)",
    binds: "endpoint",
    text: "transmit the frames",
    tests: ["§6.1 the frames MUST be transmitted, in order"],
  },
  {
    section: "RFC 6455 §6.2",
    binds: "endpoint",
    text: "parse what comes as frames, and handle control frames by §5.5",
    tests: ["§6.2 incoming data MUST be parsed as frames, however it is cut"],
  },
  {
    section: "RFC 6455 §6.2",
    binds: "endpoint",
    text: "note the type of a message by its first frame, and begin a new one behind its last",
    tests: ["§6.2 the type MUST be noted, and a new message follow the last fragment"],
  },
  {
    section: "RFC 6455 §6.2",
    binds: "server",
    text: "unmask what a client has sent",
    tests: ["§6.2 a server MUST remove the masking"],
  },
  {
    section: "RFC 6455 §7.1.2",
    binds: "endpoint",
    text: "begin the closing handshake by a Close frame with the code and reason given",
    tests: ["§7.1.2 the closing handshake MUST begin with a Close frame with code and reason"],
  },
  {
    section: "RFC 6455 §7.1.7",
    binds: "client, server",
    text: "close the connection when it fails it",
    tests: ["§7.1.7 a failed connection shows that TCP MUST be closed, and gives the peer the reason"],
  },
  {
    section: "RFC 6455 §7.1.7",
    binds: "endpoint",
    text: "process nothing more that the peer sends, not even a Close frame",
    tests: ["§7.1.7 after a failure nothing MUST be processed any more"],
  },
  {
    section: "RFC 6455 §7.2.1",
    binds: "client",
    text: "fail if the transport is lost",
    tests: [],
    reason:
      "Done where the socket is: by `@mantou/websocket/client` or `@mantou/serve`, or by the program that has another socket.",
  },
  {
    section: "RFC 6455 §7.2.2",
    binds: "server",
    text: "close the connection to abort a handshake",
    tests: [],
    reason:
      "Done where the socket is: by `@mantou/websocket/client` or `@mantou/serve`, or by the program that has another socket.",
  },
  {
    section: "RFC 6455 §7.4.1",
    binds: "endpoint",
    text: "put no 1005, 1006 or 1015 into a Close frame",
    tests: [
      "§7.4.1 the codes 1005, 1006 and 1015 MUST NOT be sent",
      "§7.4 a code that may not be sent fails the connection",
    ],
  },
  {
    section: "RFC 6455 §8.1",
    binds: "endpoint",
    text: "fail for what shall be UTF-8 and is not",
    tests: [
      "§8.1 at the first byte that cannot be UTF-8 the connection MUST fail",
      "§8.1 a text that ends within a character MUST fail the connection",
      "§8.1 a reason that is not UTF-8 MUST fail the connection",
    ],
  },
  {
    section: "RFC 6455 §10.3",
    binds: "client",
    text: "let the application change no frame that is being sent",
    tests: ["§10.3 a frame of a client's MUST NOT change with the application's bytes"],
  },
  {
    section: "RFC 6455 §10.4",
    binds: "endpoint",
    text: "protect itself against frames and messages beyond its limits",
    tests: [
      "§10.4 a frame beyond the limit MUST be refused by its header",
      "§10.4 a message beyond the limit MUST be refused, also in fragments",
      "§10.4 a flood of small things MUST be refused",
    ],
  },
  {
    section: "RFC 6455 §10.6",
    binds: "endpoint",
    text: "support TLS",
    tests: [],
    reason:
      "Done where the socket is: by `@mantou/websocket/client` or `@mantou/serve`, or by the program that has another socket.",
  },
  {
    section: "RFC 6455 §10.7",
    binds: "client, server",
    text: "validate what comes, always",
    tests: ["§10.7 incoming data MUST always be validated"],
  },
];
