import { APPLICATION, FORWARDING, type Requirement } from "./requirement.ts";

export const semanticsOfRouting: readonly Requirement[] = [
  {
    section: "RFC 9110 §7.1",
    binds: "client",
    text: "use asterisk-form and authority-form with their methods only",
    tests: [
      "§3.2.3 a client MUST send only host and port as the target of CONNECT",
      "§3.2.4 a client MUST send only an asterisk for a server-wide OPTIONS",
    ],
  },
  {
    section: "RFC 9110 §7.2",
    binds: "user agent",
    text: "send Host",
    tests: ["§3.2 a client MUST send Host in every request, once, and equal to the target's authority"],
  },
  {
    section: "RFC 9110 §7.4",
    binds: "server",
    text: "refuse a request whose scheme's requirements are not met, https over an unsecured connection above all",
    tests: [],
    reason: "Both are reported, the target and the Host; the host knows the security of the connection.",
  },
  {
    section: "RFC 9110 §7.6",
    binds: "intermediary",
    text: "implement Connection, and forward no message to itself",
    tests: [],
    reason: FORWARDING,
  },
  {
    section: "RFC 9110 §7.6.1",
    binds: "sender",
    text: "name in Connection each field that is about the connection",
    tests: [
      "§7.8 a sender of Upgrade MUST send it as a connection option too",
      "§7.8 a server that sends Upgrade MUST send it as a connection option too",
      "§7.4 a client MUST NOT name chunked in TE, and MUST send TE as a connection option",
    ],
  },
  {
    section: "RFC 9110 §7.6.1",
    binds: "sender",
    text: "name no field in Connection that is for all recipients",
    tests: [],
    reason: APPLICATION,
  },
  {
    section: "RFC 9110 §7.6.1",
    binds: "intermediary",
    text: "remove the fields that Connection names",
    tests: [],
    reason: FORWARDING,
  },
  {
    section: "RFC 9110 §7.6.2",
    binds: "intermediary",
    text: "check and update Max-Forwards, and respond at zero",
    tests: [],
    reason: FORWARDING,
  },
  {
    section: "RFC 9110 §7.6.3",
    binds: "intermediary",
    text: "send Via, and combine only members of one protocol",
    tests: [],
    reason: FORWARDING,
  },
  {
    section: "RFC 9110 §7.7",
    binds: "proxy",
    text: "change no host name, path, query or content that it must not",
    tests: [],
    reason: FORWARDING,
  },
  {
    section: "RFC 9110 §7.8",
    binds: "server",
    text: "name in a 101 the protocols that it switches to (§15.2.2)",
    tests: ["§7.8 a server that sends 101 MUST send Upgrade with the protocol"],
  },
  {
    section: "RFC 9110 §7.8",
    binds: "server",
    text: "switch to no protocol that was not offered; the client takes no such switch",
    tests: [
      "a server MUST NOT switch to a protocol that was not offered",
      "§7.8 a switch to a protocol that was not offered is refused",
    ],
  },
  {
    section: "RFC 9110 §7.8",
    binds: "server",
    text: "switch only if the new protocol can honor the message",
    tests: [],
    reason: APPLICATION,
  },
  {
    section: "RFC 9110 §7.8",
    binds: "server",
    text: "name in a 426 the protocols that it would accept",
    tests: [],
    reason: APPLICATION,
  },
  {
    section: "RFC 9110 §7.8",
    binds: "sender",
    text: "name Upgrade in Connection when Upgrade is sent",
    tests: [
      "§7.8 a sender of Upgrade MUST send it as a connection option too",
      "§7.8 a server that sends Upgrade MUST send it as a connection option too",
    ],
  },
  {
    section: "RFC 9110 §7.8",
    binds: "server",
    text: "ignore Upgrade in HTTP/1.0",
    tests: ["a server MUST ignore it in an HTTP/1.0 request"],
  },
  {
    section: "RFC 9110 §7.8",
    binds: "server",
    text: "send 100 before 101, if both are due",
    tests: ["with Expect, 100 comes before 101"],
  },
];
