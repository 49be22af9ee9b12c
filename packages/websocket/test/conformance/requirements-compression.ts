import type { Requirement } from "./requirement.ts";

/** RFC 7692's rules, MUST or not, by which a peer would notice that they are not kept. */
export const compressionRequirements: readonly Requirement[] = [
  {
    section: "RFC 7692 §5",
    binds: "server",
    text: "take the offers in their order, the client's favourite first, among several of the same name too",
    tests: [
      "§5: one header may offer the same extension several times, and the client's favourite comes first",
    ],
  },
  {
    section: "RFC 7692 §5",
    binds: "server",
    text: "not accept it together with an extension whose output it would be applied to, if that needs the fragments as they are",
    tests: [],
    reason: "There is no other extension here.",
  },
  {
    section: "RFC 7692 §5.1",
    binds: "server",
    text: "decline an offer that it cannot serve, and go on without compression if that was the last",
    tests: [
      "§5.1: an offer that is declined leaves the ones behind it",
      "§5.1: without a common extension there is no compression, and no error",
    ],
  },
  {
    section: "RFC 7692 §5.1",
    binds: "client",
    text: "fail for a response that it did not offer, or does not support",
    tests: ["§5.1: a client MUST fail the connection for a response that it did not offer"],
  },
  {
    section: "RFC 7692 §6",
    binds: "endpoint",
    text: "not set RSV1 of control frames, nor of fragments behind the first",
    tests: [
      "§6.1: control frames are not compressed",
      "§6.1: only the first frame of a message has it, and the opcode stays",
    ],
  },
  {
    section: "RFC 7692 §6",
    binds: "endpoint",
    text: "fail if such a frame has it set",
    tests: [
      "§6: MUST fail the connection if it is set on a control frame",
      "§6: MUST fail the connection if it is set on a fragment that is not the first",
    ],
  },
  {
    section: "RFC 7692 §6",
    binds: "endpoint",
    text: "leave the other reserved bits to others",
    tests: ["§6: the other reserved bits stay reserved"],
  },
  {
    section: "RFC 7692 §6.1",
    binds: "endpoint",
    text: "mark a compressed message on its first frame, keep its opcode, and send messages as they are without the mark",
    tests: [
      "§6.1: only the first frame of a message has it, and the opcode stays",
      "§6.1: a message may go as it is, and then does not come into the window",
    ],
  },
  {
    section: "RFC 7692 §6.2",
    binds: "endpoint",
    text: "decompress the payloads of a marked message's frames together, and leave other messages as they are",
    tests: [
      "§6.2: a message without it is not decompressed, and does not come into the window",
      "§6.2: receives all valid conversations, cut anywhere",
    ],
  },
  {
    section: "RFC 7692 §7.1",
    binds: "server",
    text: "decline an offer with a parameter that is not defined for offers, is repeated or has an invalid value, or that it cannot serve",
    tests: [
      "§7.1: a server MUST decline an offer with a parameter that is unknown, repeated or wrong",
      "§7.1: every valid offer is accepted, by a response that is valid for it",
    ],
  },
  {
    section: "RFC 7692 §7.1",
    binds: "client",
    text: "fail for a response with a parameter that is not defined for responses, is repeated or has an invalid value, or that it cannot support",
    tests: ["§7.1: a client MUST fail the connection for a response with such a parameter"],
  },
  {
    section: "RFC 7692 §7.1.1.1",
    binds: "server",
    text: "accept `server_no_context_takeover` by repeating it; it has no value, and may be in a response without an offer",
    tests: [
      "§7.1.1.1: a server accepts it by repeating it",
      "§7.1.1.1: a server may send it without an offer",
      "§7.1.1.1: it has no value",
    ],
  },
  {
    section: "RFC 7692 §7.1.1.1",
    binds: "client",
    text: "not take a response without it for an acceptance of it",
    tests: ["§7.1.1.1: a client that offered it fails if the response leaves it out"],
  },
  {
    section: "RFC 7692 §7.1.1.2",
    binds: "client",
    text: "support `client_no_context_takeover` in a response, and do what it has announced by it",
    tests: [
      "§7.1.1.2: a server may send it without a hint, and a client MUST comply then",
      "§7.1.1.2: a client's hint binds it, although the server passes over it",
      "§7.1.1.2: it has no value",
    ],
  },
  {
    section: "RFC 7692 §7.1.1.2",
    binds: "server",
    text: "may use the hint, by repeating it",
    tests: ["§7.1.1.2: a server uses the client's hint"],
  },
  {
    section: "RFC 7692 §7.1.2",
    binds: "endpoint",
    text: "write a window's size as a decimal number from 8 to 15 without leading zeros",
    tests: ["§7.1.2: %s is one", "§7.1.2: %j is invalid"],
  },
  {
    section: "RFC 7692 §7.1.2.1",
    binds: "server",
    text: "accept `server_max_window_bits`, which has a value, by the same or a smaller one; it may be in a response without an offer",
    tests: [
      "§7.1.2.1: a server accepts %d by the same value, or a smaller one",
      "§7.1.2.1: a server may send it without an offer",
      "§7.1.2.1: an offer MUST have a value",
    ],
  },
  {
    section: "RFC 7692 §7.1.2.1",
    binds: "client",
    text: "not take a response without it, or with a greater one, for an acceptance of it",
    tests: ["§7.1.2.1: a client that offered it fails if the response leaves it out, or allows more"],
  },
  {
    section: "RFC 7692 §7.1.2.2",
    binds: "server",
    text: "not send `client_max_window_bits` unless it was offered, and only with a value, which is not greater than the one offered",
    tests: [
      "§7.1.2.2: a server MUST NOT send it unless it was offered, and demands no context takeover then",
      "§7.1.2.2: a server responds to a value with the same or a smaller one",
      "§7.1.2.2: an offer has it with or without a value, a response with one",
    ],
  },
  {
    section: "RFC 7692 §7.1.2.2",
    binds: "client",
    text: "keep its window within the response, and within its own offer",
    tests: [
      "§7.1.2.2: a client always offers to limit its window",
      "§7.1.2.2: a client's value binds it, although the server passes over it",
      "§7.1.2.2: a client fails if the response allows more than it offered",
    ],
  },
  {
    section: "RFC 7692 §7.2.1",
    binds: "endpoint",
    text: "compress to whole bytes that end with an empty stored block, less its last four",
    tests: ["§7.2.1: leaves out the end of the flush, and ends where a block ends"],
  },
  {
    section: "RFC 7692 §7.2.1",
    binds: "endpoint",
    text: "pad a final block to a whole byte",
    tests: [],
    reason: "Final blocks are read, and never written: every message is flushed.",
  },
  {
    section: "RFC 7692 §7.2.1",
    binds: "endpoint",
    text: "not use a greater window than agreed",
    tests: ["§7.2.1: MUST NOT use a window of more than 2^%d bytes, if that was agreed"],
  },
  {
    section: "RFC 7692 §7.2.1",
    binds: "endpoint",
    text: "begin each message with an empty window, if no context takeover was agreed",
    tests: [
      "§7.2.1: MUST begin each message with an empty window, if that was agreed",
      "§7.2.1: may go on with the window else, which makes repeated messages small",
    ],
  },
  {
    section: "RFC 7692 §7.2.2",
    binds: "endpoint",
    text: "decompress with the window of the message before, unless no context takeover was agreed",
    tests: [
      "§7.2.2: MUST go on with the window of the message before",
      "§7.2.2: goes on with no window, if that was agreed",
    ],
  },
  {
    section: "RFC 7692 §7.2.2",
    binds: "endpoint",
    text: "fail for what cannot be decompressed",
    tests: ["§7.2.2: fails the connection with 1007 for invalid DEFLATE"],
  },
  {
    section: "RFC 7692 §7.2.3",
    binds: "endpoint",
    text: "read blocks of all kinds, several of them, final ones, and the empty message as one octet",
    tests: ["§7.2.3.1: a message in two frames, cut at each place", "§7.2.3: reads the RFC's examples: %s"],
  },
];
