/** Sends the same bytes to us and to a peer, and compares the results. */
import type { Socket } from "node:net";
import * as fc from "fast-check";
import {
  INVALID_KINDS,
  invalidBy,
  openConversation,
  type Sender,
  wrongMask,
} from "../src/arbitraries/index.ts";
import type { ErrorCode } from "../src/index.ts";
import { CLOSE } from "../src/opcode.ts";
import { acceptAll, open, run } from "./sockets.ts";
import { feed, peerOf, plain, wire } from "./support.ts";

/** The result of one side. */
export interface Outcome {
  /** In the notation of `plain()`, without the end. */
  readonly received: readonly string[];
  /** The code in the Close frame that it has sent: 1005 if there was none in it, null if there was no Close frame. */
  readonly closeCode: number | null;
}

/** Bytes to send, with a name for their content. */
export interface Input {
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether our side of the socket is closed behind them, since the peer would wait for more. */
  readonly fin?: boolean;
}

/** The result of our machine of this role for `bytes`. */
export function oursOf(role: Sender, bytes: Buffer): Outcome {
  const { events, sent } = feed(role, [bytes]);
  const last = events.at(-1) ?? "";
  const received = /^(close|error)/.test(last) ? events.slice(0, -1) : events;
  return { received, closeCode: closeCodeOf(feed(peerOf(role), [sent]).events) };
}

function closeCodeOf(events: readonly string[]): number | null {
  const close = events.find((event) => event.startsWith("close"));
  return close === undefined ? null : Number(close.split(" ")[1]);
}

/** Sends `bytes` to a server at `path`. Returns the code in its Close frame, or null if it ended without one. */
export async function tellServer(port: number, path: string, { bytes, fin }: Input): Promise<number | null> {
  return tell("client", await open(port, path), bytes, fin);
}

/**
 * Sends inputs to clients: for each `connect` makes one that connects to `url`, notes its events, and resolves when the client
 * is closed.
 */
export async function* sendToClients(
  inputs: readonly Input[],
  connect: (url: string, received: string[]) => Promise<void>,
): AsyncGenerator<Outcome> {
  const closeCodes: Array<Promise<number | null>> = [];
  const port = await acceptAll((socket) => {
    const { bytes, fin } = inputs[closeCodes.length]!;
    closeCodes.push(tell("server", socket, bytes, fin));
  });
  for (let at = 0; at < inputs.length; at++) {
    const received: string[] = [];
    await connect(`ws://127.0.0.1:${port}/`, received);
    yield { received, closeCode: await closeCodes[at]! };
  }
}

async function tell(role: Sender, socket: Socket, bytes: Buffer, fin = false): Promise<number | null> {
  const events: string[] = [];
  run(role, socket, (event) => events.push(plain(event)));
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.setNoDelay();
  socket.resume();
  const middle = bytes.length >> 1;
  socket.write(bytes.subarray(0, middle));
  setImmediate(() => {
    socket.write(bytes.subarray(middle));
    if (fin) socket.end();
  });
  socket.on("end", () => socket.end());
  await ended;
  return closeCodeOf(events);
}

/** A Close frame of the code 4321, at the end of what is valid. */
export function ending(from: Sender): Buffer {
  return wire(from, { opcode: CLOSE, payload: Buffer.from("\x10\xe1end", "latin1") });
}

/** Conversations for a receiver of this role, each closed at its end. */
export function conversations(role: Sender, count: number): Input[] {
  return fc.sample(openConversation(peerOf(role)), { numRuns: count, seed: 20_111 }).map(({ bytes }, i) => ({
    name: `conversation ${i}`,
    bytes: Buffer.concat([bytes, ending(peerOf(role))]),
  }));
}

/** `count` times invalid input of each kind but `except`, and with the wrong mask. */
export function invalidInputs(role: Sender, count: number, except: ReadonlyArray<ErrorCode | null>): Input[] {
  const kinds = INVALID_KINDS.filter((kind) => !except.includes(kind)).map((kind) =>
    invalidBy(peerOf(role), kind),
  );
  return [...kinds, wrongMask(peerOf(role))].flatMap((kind) =>
    fc
      .sample(kind, { numRuns: count, seed: 6455 })
      .map(({ bytes, error }, i) => ({ name: `${error} ${i}`, bytes })),
  );
}

/** The events of the WHATWG's clients: no pings, no pongs. */
export function messagesOf({ received, closeCode }: Outcome): Outcome {
  return { received: received.filter((event) => /^(text|binary) /.test(event)), closeCode };
}
