import { Buffer } from "node:buffer";
import { writeFrame } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import { isClosed } from "../judges.ts";
import { BINARY, CLOSE, closePayload, frame, PING, PONG, TEXT } from "../websocket/frames.ts";
import { asServer, opening } from "./frames.ts";
import { type ClientRule, closeCodeOf, describeFrames, eventsOf, fails, isCanary } from "./judges.ts";
import { applies, needsDeflate, response } from "./websocket-replies.ts";

/** Rules about frames are those for servers with the roles exchanged: their ids, and what they say to a client. */
const FRAMES: readonly (readonly [id: string, own: string, says?: string])[] = [
  [
    "rfc6455/5.1/unmasked",
    "rfc6455/5.1/client-masked",
    "A frame of a server that is masked closes the connection.",
  ],
  ["rfc6455/5.2/rsv", "rfc6455/5.2/client-rsv"],
  ["rfc6455/5.2/opcode-data", "rfc6455/5.2/client-opcode-data"],
  ["rfc6455/5.2/opcode-control", "rfc6455/5.2/client-opcode-control"],
  ["rfc6455/5.2/length-minimal", "rfc6455/5.2/client-length-minimal"],
  ["rfc6455/5.2/length-high-bit", "rfc6455/5.2/client-length-high-bit"],
  ["rfc6455/5.5/control-long", "rfc6455/5.5/client-control-long"],
  ["rfc6455/5.5/control-fragmented", "rfc6455/5.5/client-control-fragmented"],
  ["rfc6455/5.4/continuation-alone", "rfc6455/5.4/client-continuation-alone"],
  ["rfc6455/5.4/interleaved", "rfc6455/5.4/client-interleaved"],
  ["rfc6455/8.1/invalid", "rfc6455/8.1/client-invalid"],
  ["rfc6455/8.1/incomplete", "rfc6455/8.1/client-incomplete"],
  ["rfc6455/8.1/fails-fast", "rfc6455/8.1/client-fails-fast"],
  ["rfc6455/10.4/frame-length", "rfc6455/10.4/client-frame-length"],
  ["rfc7692/6/rsv1-control", "rfc7692/6/client-rsv1-control"],
  ["rfc7692/6/rsv1-continuation", "rfc7692/6/client-rsv1-continuation"],
  ["rfc7692/6/other-bits", "rfc7692/6/client-other-bits"],
  ["rfc7692/7.2.2/invalid", "rfc7692/7.2.2/client-invalid"],
  ["rfc7692/6.2/utf8", "rfc7692/6.2/client-utf8"],
];

/** @param rules those for servers */
export function frameRules(rules: readonly ServerRequirement[]): readonly ClientRule[] {
  return FRAMES.map(([id, own, says]) => {
    const { level, section, says: words, debatable, mostRuns } = rules.find((one) => one.id === id)!;
    return {
      id: own,
      level,
      section,
      says: says ?? words,
      ...(debatable === undefined ? {} : { debatable }),
      ...(mostRuns === undefined ? {} : { mostRuns }),
      applies: id.startsWith("rfc7692") ? needsDeflate : applies,
      arbitrary: asServer(id),
      judge: fails("a Close frame or the end, and nothing read behind the frame"),
    };
  });
}

type ServerRequirement = Pick<ClientRule, "id" | "level" | "section" | "says" | "debatable" | "mostRuns">;

/** RFC 6455 §5, §7: the frames that a client sends. */
export const clientFrames: readonly ClientRule[] = (
  [
    {
      id: "rfc6455/5.1/client-masks",
      level: "must",
      section: "RFC 6455 §5.1, §5.2, §5.5",
      says: "The frames of a client are masked, and such as a server may read.",
      arbitrary: () =>
        fc
          .constantFrom<readonly Buffer[]>(
            [],
            [writeFrame(frame({ opcode: PING, payload: Buffer.alloc(125), maskKey: null }))],
            [writeFrame(frame({ opcode: TEXT, payload: Buffer.from("a"), maskKey: null }))],
            [writeFrame(frame({ opcode: CLOSE, payload: closePayload(1000, "a"), maskKey: null }))],
            [writeFrame(frame({ opcode: CLOSE, maskKey: null }))],
          )
          .map((frames) => response(Buffer.concat([opening(), ...frames]))),
      judge: ([outcome], { exchanges }) => {
        const last = eventsOf(outcome!, exchanges[0]!).at(-1);
        return last?.type === "error"
          ? { due: "frames that a server may read", got: describeFrames(outcome!, exchanges[0]!) }
          : null;
      },
      mostRuns: 5,
    },
    {
      id: "rfc6455/5.5.2/client-pong",
      level: "must",
      section: "RFC 6455 §5.5.2, §5.4",
      says: "A ping gets a pong with its payload, also between the fragments of a message.",
      arbitrary: () =>
        fc.tuple(fc.constantFrom(0, 1, 125), fc.boolean()).map(([length, isInside]) => {
          const ping = writeFrame(frame({ opcode: PING, payload: Buffer.alloc(length, "p"), maskKey: null }));
          const first = isInside ? [writeFrame(frame({ opcode: BINARY, fin: false, maskKey: null }))] : [];
          const { exchanges } = response(Buffer.concat([opening(), ...first, ping]));
          const expected = writeFrame(
            frame({ opcode: PONG, payload: Buffer.alloc(length, "p"), maskKey: null }),
          );
          // The ping alone: of two pings only the last must get a pong.
          return {
            exchanges: [
              { ...exchanges[0]!, pieces: exchanges[0]!.pieces.slice(0, 1), until: { bytes: expected } },
            ],
          };
        }),
      judge: ([outcome], { exchanges }) => {
        const { until } = exchanges[0]!;
        const due = typeof until === "object" ? Buffer.from(until.bytes.subarray(2)) : Buffer.alloc(0);
        return eventsOf(outcome!, exchanges[0]!).some(
          (event) => event.type === "pong" && event.bytes.equals(due),
        )
          ? null
          : { due: "a pong with the payload of the ping", got: describeFrames(outcome!, exchanges[0]!) };
      },
      mostRuns: 6,
    },
    {
      id: "rfc6455/5.5.1/client-close",
      level: "must",
      section: "RFC 6455 §5.5.1",
      says: "A Close frame gets a Close frame in response, and nothing behind it is answered.",
      arbitrary: () =>
        fc
          .constantFrom(
            new Uint8Array(),
            closePayload(1000),
            closePayload(1001, "é"),
            closePayload(3000),
            closePayload(4999),
          )
          .map((payload) =>
            response(
              Buffer.concat([opening(), writeFrame(frame({ opcode: CLOSE, payload, maskKey: null }))]),
            ),
          ),
      judge: ([outcome], { exchanges }) => {
        const events = eventsOf(outcome!, exchanges[0]!);
        return events.some(({ type }) => type === "close") && !events.some(isCanary)
          ? null
          : { due: "a Close frame, and no pong", got: describeFrames(outcome!, exchanges[0]!) };
      },
      mostRuns: 5,
    },
    {
      id: "rfc6455/7.4.1/client-code-never-sent",
      level: "must",
      section: "RFC 6455 §7.4.1",
      says: "The codes 1005, 1006 and 1015 are in no Close frame: one that has them does not come back.",
      arbitrary: () =>
        fc
          .constantFrom(1005, 1006, 1015)
          .map((code) =>
            response(
              Buffer.concat([
                opening(),
                writeFrame(frame({ opcode: CLOSE, payload: closePayload(code), maskKey: null })),
              ]),
            ),
          ),
      judge: ([outcome], { exchanges }) => {
        const code = closeCodeOf(outcome!);
        const hasClose = eventsOf(outcome!, exchanges[0]!).some(({ type }) => type === "close");
        const hasEnded = hasClose || isClosed(outcome!) || outcome!.hasReturned === true;
        const isRight = code === null ? hasEnded : ![1005, 1006, 1015].includes(code);
        return isRight
          ? null
          : {
              due: "a Close frame with another code, such as 1002, or the end",
              got: `${describeFrames(outcome!, exchanges[0]!)}${code === null ? "" : `; the code is ${code}`}`,
            };
      },
      mostRuns: 3,
    },
  ] satisfies readonly ClientRule[]
).map((rule) => ({ applies, ...rule }));
